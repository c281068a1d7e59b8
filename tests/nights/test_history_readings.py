"""The three documented ways to read history (``docs/history.md``), on three illustrative years as typed rows.

Late and restated returns, carried figures, one sent by mistake, one held, a quarantined line that comes
in later and a decision recorded later are all among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from sources.samples.many_years.story import YEARS
from tests import history_reports as reports
from tests.documented import HISTORY, asked_of, queries
from tests.history_figures import ZERO
from tests.history_oracle import Known, Oracle
from tests.many_years import END, HELD, MISTAKEN, MOMENTS, as_scenario
from tests.scenarios import Scenario

SEED = 2
# Of each year one in the middle and the closedown; P05 of 2021/22 was restated, P08 of 2022/23 withdrawn once.
PERIODS = (202105, 202106, 202113, 202206, 202208, 202209, 202213, 202304, 202311, 202313)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return as_scenario(tmp_path_factory.mktemp("reference"), SEED)


@pytest.fixture(scope="module")
def warehouse(scenario: Scenario) -> Iterator[duckdb.DuckDBPyConnection]:
    with scenario.work_out() as connection:
        yield connection


@pytest.fixture(scope="module")
def oracle(scenario: Scenario) -> Oracle:
    return Oracle.of(scenario.raw_tables(), scenario.reference_tables(), YEARS)


def reading(warehouse: duckdb.DuckDBPyConnection, title: str, **about: Any) -> list[tuple[Any, ...]]:
    return warehouse.execute(asked_of(queries(HISTORY)[title], **about)).fetchall()


@pytest.mark.parametrize("period", PERIODS)
def test_current_is_what_stands_now(warehouse: duckdb.DuckDBPyConnection, oracle: Oracle, period: int):
    _assert_reads_as(warehouse, "Current", oracle.known_at(END), period, END)


@pytest.mark.parametrize("moment", MOMENTS)
def test_as_known_at_is_what_stood_then(warehouse: duckdb.DuckDBPyConnection, oracle: Oracle, moment: datetime):
    for period in PERIODS:
        _assert_reads_as(warehouse, "As known at", oracle.known_at(moment), period, moment)


def _assert_reads_as(
    warehouse: duckdb.DuckDBPyConnection, way: str, known: Known, period: int, moment: datetime
) -> None:
    about = {"period_key": period, "moment": moment}
    standing = {key: (under, found) for key, (under, found) in known.standing.items() if key[2] == period}
    assert {row[:2]: row[2:] for row in reading(warehouse, f"{way}: positions", **about)} == {
        key[:2]: (
            under,
            found.row["baseline_gbp"],
            known.positions[key].counted,
            found.row["deferred_gbp"],
            known.positions[key].decided,
            known.positions[key].unexplained,
            known.positions[key].carried_from is not None,
        )
        for key, (under, found) in standing.items()
    }
    assert {row[:3]: row[3] for row in reading(warehouse, f"{way}: buckets", **about)} == _buckets(known, period)
    table = {row[:2]: row[2:] for row in reading(warehouse, f"{way}: Table 1", **about)}
    assert table == reports.table_1(known, period)


def _buckets(known: Known, period: int) -> dict[tuple[str, str, str], Decimal]:
    sums: dict[tuple[str, str, str], Decimal] = {}
    for (key, bucket, _), amount in known.allocation(known).items():
        if key[2] == period:
            sums[*key[:2], bucket] = sums.get((*key[:2], bucket), ZERO) + amount
    return {key: amount for key, amount in sums.items() if amount != 0}


@pytest.mark.parametrize("period", PERIODS)
def test_as_reported_is_what_each_return_said_when_it_was_accepted(
    warehouse: duckdb.DuckDBPyConnection, oracle: Oracle, period: int
):
    expected = {}
    for row in oracle.raw["submission"]:
        if row["accepted_at"] is None or row["financial_year"] is None:
            continue
        if int(row["financial_year"][:4]) * 100 + int(row["reporting_period"][1:]) != period:
            continue
        known = oracle.known_at(row["accepted_at"])
        for key, position in known.positions.items():
            if key[2] == period and position.submission_id == row["submission_id"] and not position.carried_from:
                expected[row["submission_id"], row["version_no"], *key[:2]] = (
                    position.baseline,
                    position.counted,
                    known.standing[key][1].row["deferred_gbp"],
                    position.decided,
                    position.unexplained,
                )
    assert {row[:4]: row[4:] for row in reading(warehouse, "As reported: positions", period_key=period)} == expected
    placed: dict[str, Decimal] = {}
    for submission_id, *_, amount in reading(warehouse, "As reported: buckets", period_key=period):
        placed[submission_id] = placed.get(submission_id, ZERO) + amount
    by_return: dict[str, Decimal] = {}
    for (submission_id, *_), (baseline, *_) in expected.items():
        by_return[submission_id] = by_return.get(submission_id, ZERO) + baseline
    assert placed == {key: amount for key, amount in by_return.items() if amount}
    for *_, baseline, projected, deferred, undeliverable, unexplained in reading(
        warehouse, "As reported: Table 1", period_key=period
    ):
        assert baseline == projected + deferred + undeliverable + unexplained


def test_a_quarantined_line_comes_in_when_the_plan_lists_it(warehouse: duckdb.DuckDBPyConnection):
    about = {"period_key": 202206}
    before, after = datetime(2022, 12, 20, 11), datetime(2022, 12, 20, 13)  # noqa: DTZ001
    line = ("AH-22-099", "2022/23")
    assert line not in {row[:2] for row in reading(warehouse, "As known at: positions", moment=before, **about)}
    assert line in {row[:2] for row in reading(warehouse, "As known at: positions", moment=after, **about)}
    assert line not in {row[2:4] for row in reading(warehouse, "As reported: positions", **about)}


def test_a_restatement_changes_current_and_not_what_was_known(warehouse: duckdb.DuckDBPyConnection):
    about = {"period_key": 202105}
    before = datetime(2021, 12, 2, 9) - timedelta(hours=1)  # noqa: DTZ001
    then = {row[:2]: row for row in reading(warehouse, "As known at: positions", moment=before, **about)}
    now = {row[:2]: row for row in reading(warehouse, "Current: positions", **about)}
    line = ("PL-21-001", "2021/22")
    assert then[line] != now[line]
    versions = [row for row in reading(warehouse, "As reported: positions", **about) if row[2:4] == line]
    assert {row[1] for row in versions} == {1, 2}


@pytest.mark.parametrize("moment", [HELD, MISTAKEN])
def test_as_known_at_is_what_a_build_at_that_moment_shows(
    warehouse: duckdb.DuckDBPyConnection, scenario: Scenario, moment: datetime
):
    """R40: the ledger is cut while a return is held and a line quarantined, and while a mistake stands."""
    with scenario.cut(moment).work_out() as built_then:
        for period in (period for period in PERIODS if period < 202213):
            for what in ("positions", "buckets", "Table 1"):
                then = set(reading(built_then, f"Current: {what}", period_key=period))
                known = set(reading(warehouse, f"As known at: {what}", period_key=period, moment=moment))
                assert known == then, (what, period)
