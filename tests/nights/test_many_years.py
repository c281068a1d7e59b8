"""Three illustrative years through the real reader, judge, build and release; the twenty questions on them.

One home for all of these tests: it takes a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from lxml import html

from dbt_project import candidate
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from publishing import reader
from sources.judging.case import LONDON
from sources.samples.many_years.council import directorates_in, due_dates
from sources.samples.many_years.figures import Moment
from sources.samples.many_years.returns import Sent
from sources.samples.many_years.story import YEARS
from sources.samples.many_years.writing import path_of
from sources.template.declaration import SHEETS
from tests import history_forecasts as forecasts
from tests import history_reports as reports
from tests import history_shares as shares
from tests.documented import QUESTIONS, asked_of, queries
from tests.history_changes import changes
from tests.history_figures import ZERO
from tests.history_oracle import Known, Oracle
from tests.invariants import assert_nothing_lost
from tests.many_years import END, MOMENTS, Years, as_scenario, live_through

SEED = 1
# Of each year one in the middle and the closedown; P05 of 2021/22 was restated, P08 of 2022/23 withdrawn once.
PERIODS = (202105, 202106, 202113, 202208, 202209, 202213, 202304, 202311, 202313)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Years:
    return live_through(tmp_path_factory.mktemp("years"), SEED)


@pytest.fixture(scope="module")
def release(years: Years) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader.connect(years.release) as connection:
        yield connection


@pytest.fixture(scope="module")
def raw(years: Years) -> dict[str, pa.Table]:
    with candidate.read(years.home.candidate) as connection:
        return {name: connection.table(f"raw.{name}").to_arrow_table() for name in RAW_TABLES}


@pytest.fixture(scope="module")
def oracle(years: Years, raw: dict[str, pa.Table]) -> Oracle:
    with candidate.read(years.home.candidate) as connection:
        reference = {name: connection.table(f"reference.{name}").to_arrow_table() for name in REFERENCE_TABLES}
    return Oracle.of(raw, reference, YEARS)


@pytest.fixture(scope="module")
def now(oracle: Oracle) -> Known:
    return oracle.known_at(END)


def rows(release: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return release.execute(sql).fetchall()


def question(release: duckdb.DuckDBPyConnection, number: str, **about: Any) -> list[tuple[Any, ...]]:
    return rows(release, asked_of(queries(QUESTIONS)[number], **about))


# What came in.


def test_every_file_gets_the_verdict_that_the_scenario_says(years: Years, raw: dict[str, pa.Table]):
    # A held file that was released was accepted in the end, and one sent by mistake was withdrawn.
    def settled(sent: Sent) -> str:
        in_the_end = "withdrawn" if sent.event == "by mistake" else "accepted"
        return in_the_end if sent.settled_at else sent.verdict

    expected = {(each.file_name, each.received_at): (settled(each), each.certification) for each in years.sent}
    found = {
        (row["file_name"], row["received_at"].replace(tzinfo=UTC)): (
            row["state"],
            row["certification"] or "Provisional",
        )
        for row in raw["submission"].to_pylist()
    }
    assert found == expected
    assert {verdict for verdict, _ in found.values()} == {
        "accepted", "held", "blocked", "refused", "duplicate", "withdrawn",
    }  # fmt: skip


def test_what_the_scenario_writes_is_what_the_reader_types(
    raw: dict[str, pa.Table], tmp_path_factory: pytest.TempPathFactory
):
    """The typed rows that fast tests use are those of the files, but for names of files and where cells lie."""
    typed = as_scenario(tmp_path_factory.mktemp("typed"), SEED).raw_tables()
    for sheet in SHEETS:
        assert _by_return(raw, sheet.table) == _by_return(typed, sheet.table), sheet.name
        assert len(raw[sheet.table]) > 0, sheet.name


def _by_return(tables: dict[str, pa.Table], name: str) -> set[tuple[Any, ...]]:
    sent = {
        row["submission_id"]: (
            row["directorate_code"],
            row["financial_year"],
            row["reporting_period"],
            row["version_no"],
        )
        for row in tables["submission"].to_pylist()
    }
    return {
        (*sent[row["submission_id"]], *(v for k, v in sorted(row.items()) if k != "submission_id" and k != "row_hash"))
        for row in tables[name].to_pylist()
    }


def test_nothing_of_the_three_years_is_lost(years: Years):
    dropped = [(each.folder, path_of(years.files, each).read_bytes()) for each in years.sent]
    assert_nothing_lost(years.home, dropped)


# The twenty questions.


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("plan_year", YEARS)
def test_q1_is_table_1_at_any_period(release: duckdb.DuckDBPyConnection, now: Known, period: int, plan_year: str):
    names = dict(rows(release, "select distinct directorate_name, directorate_code from marts.dim_directorate"))
    found = {
        names.get(name, "ALL"): amounts
        for name, *amounts in question(release, "Q1", period_key=period, plan_year=plan_year)
    }
    expected = {
        directorate: list(amounts[:5])
        for (year, directorate), amounts in reports.table_1(now, period).items()
        if year == plan_year and amounts[1] is not None and amounts[0] != 0
    }
    if expected:
        expected["ALL"] = [sum(column, ZERO) for column in zip(*expected.values(), strict=True)]
        assert found == expected
    else:
        assert set(found) <= {"ALL"}


@pytest.mark.parametrize("period", PERIODS)
def test_q2_names_the_lines_behind_what_is_unexplained(release: duckdb.DuckDBPyConnection, now: Known, period: int):
    for plan_year in YEARS:
        found = [row[:3:2] for row in question(release, "Q2", period_key=period, plan_year=plan_year)]
        expected = [
            (line.saving_ref, line.position.unexplained)
            for line in reports.cashable(now)
            if (line.directorate, line.plan_year, line.period) == ("AH", plan_year, period)
            and line.position.unexplained
        ]
        assert found == sorted(expected, key=lambda line: (-line[1], line[0]))


@pytest.mark.parametrize("period", PERIODS)
def test_q3_is_the_deferral_profile(release: duckdb.DuckDBPyConnection, now: Known, period: int):
    expected: dict[tuple[str, str], Decimal] = {}
    for (in_period, plan_year, year, _), (pounds, _, _) in reports.deferral_matrix(now).items():
        if in_period == period:
            key = (plan_year, f"{year}/{year % 100 + 1:02d}")
            expected[key] = expected.get(key, ZERO) + pounds
    assert {row[:2]: row[2] for row in question(release, "Q3", period_key=period)} == expected


@pytest.mark.parametrize("plan_year", YEARS)
def test_q4_is_the_trajectory(release: duckdb.DuckDBPyConnection, now: Known, plan_year: str):
    found = {
        (int(year[:4]) * 100 + int(period[1:]), directorate): tuple(amounts)
        for year, period, directorate, *amounts in question(release, "Q4", plan_year=plan_year)
    }
    expected = {
        (period, directorate): (counted, original, baseline)
        for (year, period, directorate), (counted, _, original, baseline) in reports.sums_of_lines(now).items()
        if year == plan_year
    }
    assert found == expected
    assert len(found) > 36


@pytest.mark.parametrize("moment", MOMENTS)
def test_q5_is_what_changed_since_a_moment(
    release: duckdb.DuckDBPyConnection, oracle: Oracle, now: Known, moment: datetime
):
    then = oracle.known_at(moment)
    changed = 0
    for period in PERIODS:
        before, after = _counted(then, period), _counted(now, period)
        expected = {
            (*line, before.get(line), after.get(line))
            for line in before.keys() | after.keys()
            if before.get(line) != after.get(line)
        }
        found = question(release, "Q5", period_key=period, moment=moment)
        assert {row[:4] for row in found} == expected
        assert all(row[4] == (row[3] or 0) - (row[2] or 0) for row in found)
        changed += len(found)
    assert changed > 0


def _counted(known: Known, period: int) -> dict[tuple[str, str], Decimal]:
    return {
        (line.saving_ref, line.plan_year): line.position.counted
        for line in reports.cashable(known)
        if line.period == period
    }


@pytest.mark.parametrize("period", PERIODS)
def test_q6_shows_over_achievement_beside_what_counts(release: duckdb.DuckDBPyConnection, now: Known, period: int):
    expected: dict[str, list[Decimal]] = {}
    for line in reports.cashable(now):
        if line.period == period:
            over, counted = line.position.over_achieved, line.position.counted
            found = expected.get(line.directorate, [ZERO] * 3)
            expected[line.directorate] = [found[0] + over, found[1] + counted, found[2] + over + counted]
    assert {row[0]: list(row[1:]) for row in question(release, "Q6", period_key=period)} == expected


@pytest.mark.parametrize("period", PERIODS)
def test_q7_sets_each_forecast_against_what_came(release: duckdb.DuckDBPyConnection, now: Known, period: int):
    expected = {
        (directorate, accuracy.forecast, accuracy.outturn, accuracy.lines, accuracy.excluded)
        for (_, of_period, directorate), accuracy in forecasts.accuracy(now).items()
        if of_period == period
    }
    found = {(*row[:3], *row[5:]) for row in question(release, "Q7", period_key=period)}
    assert found == expected
    # What is said at the close is no forecast (R47).
    assert (len(found) > 2) is (period % 100 < forecasts.CLOSEDOWN)


@pytest.mark.parametrize("period", PERIODS)
def test_q8_counts_rags_and_how_often_the_submitted_one_differs(
    release: duckdb.DuckDBPyConnection, now: Known, period: int
):
    expected = {
        (directorate, rag, *amounts)
        for (in_period, directorate, rag), amounts in reports.rags_derived(now).items()
        if in_period == period
    }
    assert set(question(release, "Q8", period_key=period)) == expected


def test_q9_has_what_the_fund_cost_and_brought(release: duckdb.DuckDBPyConnection, now: Known):
    expected = {
        project: (fund.committed, fund.drawn, fund.returned, fund.deferred)
        for (_, project), fund in shares.fund_returns(now, now).items()
    }
    *projects, total = question(release, "Q9")
    assert {row[0]: row[2:6] for row in projects} == expected
    assert total[2:6] == tuple(sum(column, ZERO) for column in zip(*expected.values(), strict=True))


@pytest.mark.parametrize("period", PERIODS)
def test_q10_tells_who_is_late_and_who_is_carried(
    release: duckdb.DuckDBPyConnection, years: Years, now: Known, period: int
):
    sent = {each.directorate: each for each in years.sent if _counts(each) and _period_key(each.moment) == period}
    _, due = due_dates()[_year(period), f"P{period % 100:02d}"]
    covered = {(directorate, at): found.covered for (directorate, _, at), found in now.coverage().items()}
    found = {row[0]: row for row in question(release, "Q10", period_key=period)}
    assert found.keys() == set(directorates_in(_year(period)))
    for directorate, (*_, state, certification, lateness, _, _, is_carried) in found.items():
        if directorate in sent:
            in_force = sent[directorate]
            assert (state, certification) == ("accepted", in_force.certification)
            assert lateness == (in_force.received_at.astimezone(LONDON).date() - due).days
        else:
            assert (state, certification, lateness) == ("NOT_RECEIVED", None, None)
            assert is_carried == (covered[directorate, period] == "CARRIED")


def _counts(sent: Sent) -> bool:
    """Return whether a return counts in the end; of a period the last in the list does."""
    return (sent.verdict == "accepted" or sent.settled_at is not None) and sent.event != "by mistake"


def _period_key(moment: Moment) -> int:
    return int(moment.year[:4]) * 100 + int(moment.period[1:])


def _year(period_key: int) -> str:
    start = period_key // 100
    return f"{start}/{(start + 1) % 100:02d}"


def test_q11_names_the_lines_deferred_twice(release: duckdb.DuckDBPyConnection, now: Known):
    latest = reports.latest_period(now)
    expected = {
        (line.saving_ref, line.plan_year, line.position.times_deferred, line.row["deferred_gbp"])
        for line in reports.cashable(now)
        if line.period == latest and line.position.times_deferred > 1
    }
    assert set(question(release, "Q11")) == expected
    assert len(expected) > 3


SHOWN = {"counted_projected_gbp", "deferred_gbp", "unexplained_gbp"}


def _cashable_lines(known: Known) -> set[tuple[str, str]]:
    return {(line.saving_ref, line.plan_year) for line in reports.cashable(known)}


@pytest.mark.parametrize("period", PERIODS)
def test_q13_says_what_changed_and_why(release: duckdb.DuckDBPyConnection, now: Known, period: int):
    expected: dict[tuple[str, str, str], tuple[Decimal, int]] = {}
    lines = _cashable_lines(now)
    for (ref, plan_year, directorate, measure, at), (difference, cause) in changes(now).items():
        if at == period and measure in SHOWN and (ref, plan_year) in lines:
            pounds, count = expected.get((directorate, measure, cause), (ZERO, 0))
            expected[directorate, measure, cause] = (pounds + difference, count + 1)
    assert {row[:3]: row[3:] for row in question(release, "Q13", period_key=period)} == expected
    assert expected


def test_the_page_of_what_changed_has_each_change_of_the_latest_period(years: Years, now: Known):
    lines, latest = _cashable_lines(now), reports.latest_period(now)
    expected = sorted(
        difference
        for (ref, plan_year, _, measure, at), (difference, _) in changes(now).items()
        if at == latest and measure in SHOWN and (ref, plan_year) in lines
    )
    page = html.parse(years.release / "site" / "changes.html")
    shown = page.xpath(".//data[contains(@data-from, '/difference_gbp')]/@value")
    assert sorted(map(Decimal, shown)) == expected
    assert expected


def test_q14_says_what_came_in_of_what_was_deferred(release: duckdb.DuckDBPyConnection, now: Known):
    at: dict[int, dict[tuple[str, str], reports.Stands]] = {202113: {}, 202213: {}}
    for line in reports.cashable(now):
        if line.period in at:
            at[line.period][line.saving_ref, line.plan_year] = line
    expected: dict[str, list[Decimal | int]] = {}
    for key, closed in at[202113].items():
        later = at[202213].get(key)
        if later and closed.row["deferred_gbp"] > 0:
            found = expected.setdefault(key[1], [0, ZERO, ZERO, ZERO])
            came_in = later.position.counted - closed.position.counted
            for place, amount in enumerate((1, closed.row["deferred_gbp"], came_in, later.row["deferred_gbp"])):
                found[place] += amount
    assert {year: amounts for year, *amounts in question(release, "Q14")} == expected
    assert expected


def test_q15_lays_the_rags_out_by_quarter(release: duckdb.DuckDBPyConnection, now: Known):
    quarters: dict[tuple[str, str], int] = {}
    for period in now.open_periods:
        key = (_year(period), f"Q{min((period % 100 - 1) // 3, 3) + 1}")
        quarters[key] = max(period, quarters.get(key, 0))
    expected: dict[tuple[str, str, str], tuple[int, Decimal]] = {}
    for key, period in quarters.items():
        for (at, _, rag), (lines, pounds, _) in reports.rags_derived(now).items():
            if at == period:
                count, sum_of = expected.get((*key, rag), (0, ZERO))
                expected[(*key, rag)] = (count + lines, sum_of + pounds)
    assert {row[:3]: row[3:] for row in question(release, "Q15")} == expected


def test_q16_and_q17_say_who_was_late_and_who_was_right_at_once(
    release: duckdb.DuckDBPyConnection, years: Years, now: Known
):
    latest, due = reports.latest_period(now), due_dates()
    read = [each for each in years.sent if each.verdict not in ("duplicate", "refused")]
    sent = [each for each in read if each.event != "by mistake"]  # withdrawn (R54)
    assert sent != read
    late: dict[str, list[int]] = {}
    right: dict[tuple[str, str], list[int]] = {}
    for year, period in due:
        key = int(year[:4]) * 100 + int(period[1:])
        for directorate in directorates_in(year) if key <= latest else ():
            files = sorted(
                (each for each in sent if each.directorate == directorate and _period_key(each.moment) == key),
                key=lambda each: each.received_at,
            )
            _count_late(late.setdefault(directorate, [0, 0, 0]), files, due[year, period][1])
            _count_right(right.setdefault((year, directorate), [0, 0]), files)
    found = {code: [count, late_count, missing] for code, count, late_count, missing, *_ in question(release, "Q16")}
    assert found == late
    assert any(late_count for _, late_count, _ in late.values())
    assert {row[:2]: list(row[2:]) for row in question(release, "Q17")} == right


def _count_late(counts: list[int], files: list[Sent], due: Any) -> None:
    counts[0] += 1
    counts[1] += bool(files) and files[0].received_at.astimezone(LONDON).date() > due
    counts[2] += not files


def _count_right(counts: list[int], files: list[Sent]) -> None:
    first = files[:1]
    again = any(each.fields["return_type"] == "Resubmission" for each in files[1:])
    counts[0] += bool(first) and (first[0].verdict == "accepted" or first[0].settled_at is not None) and not again
    counts[1] += bool(files)


def test_q18_names_the_savings_whose_projection_fell_twice(release: duckdb.DuckDBPyConnection, now: Known):
    fallen: dict[tuple[str, str], list[Decimal]] = {}
    lines = _cashable_lines(now)
    for (ref, plan_year, _, measure, _), (difference, cause) in changes(now).items():
        is_own = measure == "counted_projected_gbp" and cause == "own figure" and difference < 0
        if is_own and (ref, plan_year) in lines:
            fallen.setdefault((ref, plan_year), []).append(difference)
    expected = {line: (len(falls), sum(falls, ZERO)) for line, falls in fallen.items() if len(falls) > 1}
    assert {row[:2]: row[2:] for row in question(release, "Q18")} == expected
    assert expected


@pytest.mark.parametrize("period", [202106, 202208])
def test_q19_sets_what_was_promised_against_what_came(release: duckdb.DuckDBPyConnection, now: Known, period: int):
    year, close = _year(period), period // 100 * 100 + 13
    trajectory = reports.sums_of_lines(now)
    expected = {
        (directorate, year): (counted, trajectory[year, close, directorate][0])
        for (plan_year, at, directorate), (counted, *_) in trajectory.items()
        if (plan_year, at) == (year, period) and (year, close, directorate) in trajectory
    }
    assert {row[:2]: row[2:] for row in question(release, "Q19", period_key=period)} == expected
    assert expected


def test_q20_says_what_of_the_fund_has_paid_back(release: duckdb.DuckDBPyConnection, now: Known):
    expected = {
        key: (fund.committed, fund.returned, fund.returned >= fund.committed, max(fund.committed - fund.returned, ZERO))
        for key, fund in shares.fund_returns(now, now).items()
        if fund.committed
    }
    assert {row[:2]: row[2:] for row in question(release, "Q20")} == expected
