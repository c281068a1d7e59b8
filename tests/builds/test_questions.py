"""The twenty questions as documented, on the report's own figures: the release of the sample returns."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from publishing import reader
from publishing.questions import questions
from publishing.questions.example import example_of
from sources.home import Home
from tests.documented import ANALYST, HISTORY, QUESTIONS, SAMPLE, asked_by_command, queries

ASKED = queries(QUESTIONS)


@pytest.fixture(scope="module")
def release(first_night: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader.connect(first_night.current) as connection:
        yield connection


def answer(release: duckdb.DuckDBPyConnection, question: str) -> list[tuple[Any, ...]]:
    return release.execute(ASKED[question]).fetchall()


def test_the_page_is_about_what_the_release_says_of_itself(release: duckdb.DuckDBPyConnection):
    assert example_of(release) == SAMPLE
    text = questions.page(questions.QUESTIONS, example_of(release))
    assert {each.number: each.sql for each in questions.questions(text)} == ASKED


def test_each_way_to_read_history_has_rows_and_all_three_give_table_1(release: duckdb.DuckDBPyConnection):
    """Nothing was corrected or carried: what holds, what was known and what was reported are the same pounds."""
    text = questions.page(questions.HISTORY, example_of(release))
    assert {each.title: each.sql for each in questions.questions(text)} == queries(HISTORY)
    rows = {title: release.execute(sql).fetchall() for title, sql in queries(HISTORY).items()}
    assert [title for title, found in rows.items() if not found] == []
    amounts = [
        sorted(row[-6:-1] if way != "As reported" else row[-5:] for row in rows[f"{way}: Table 1"])
        for way in ("Current", "As known at", "As reported")
    ]
    assert amounts[0] == amounts[1] == amounts[2]


def test_q1_is_the_report_s_table_1_with_its_two_missing_columns(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q1") == [
        ("Adults & Housing", 6_582_000, 3_027_000, 500_000, 0, 3_055_000),
        ("Children's", 1_870_000, 1_870_000, 0, 0, 0),
        ("Place", 2_393_000, 510_500, 1_604_000, 0, 278_500),
        ("Total", 10_845_000, 5_407_500, 2_104_000, 0, 3_333_500),
    ]


def test_q2_names_the_lines_behind_the_3_055_000(release: duckdb.DuckDBPyConnection):
    lines = answer(release, "Q2")
    amounts = [amount for _, _, amount, _, _ in lines]
    assert sum(amounts) == 3_055_000
    assert amounts == sorted(amounts, reverse=True)
    assert [line[0] for line in lines] == ["AH-21-001", "AH-21-002", "AH-21-005", "AH-21-004"]


def test_q3_has_all_that_is_deferred_in_the_next_year(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q3") == [("2021/22", "2022/23", 2_104_000)]


def test_q4_has_the_one_period_that_was_reported(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q4") == [
        ("2021/22", "P06", "AH", 3_027_000, 6_582_000, 6_582_000),
        ("2021/22", "P06", "CH", 1_870_000, 1_870_000, 1_870_000),
        ("2021/22", "P06", "PL", 510_500, 2_393_000, 2_393_000),
    ]


def test_q5_finds_nothing_changed(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q5") == []


def test_q6_shows_the_330_000_that_offset_nothing(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q6") == [
        ("AH", 330_000, 3_027_000, 3_357_000),
        ("CH", 0, 1_870_000, 1_870_000),
        ("PL", 0, 510_500, 510_500),
    ]


def test_q7_waits_for_a_closedown(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q7") == []


def test_q8_counts_every_line_and_every_pound_once(release: duckdb.DuckDBPyConnection):
    rags = answer(release, "Q8")
    assert sum(lines for _, _, lines, _, _ in rags) == 12
    assert sum((baseline for *_, baseline, _ in rags), Decimal(0)) == 10_845_000
    assert ("CH", "Green", 3, Decimal(1_870_000), 0) in rags


def test_q9_has_the_sample_s_two_tagged_lines(release: duckdb.DuckDBPyConnection):
    committed_drawn_and_return = {project: amounts for project, _, *amounts, _, _, _, _ in answer(release, "Q9")}
    assert committed_drawn_and_return["PRJ-0102"] == [1_800_000, 960_000, 899_700]
    assert committed_drawn_and_return["PRJ-0301"] == [1_200_000, 815_000, 120_500]
    assert committed_drawn_and_return["Total"] == [3_000_000, 1_775_000, 1_020_200]
    *_, deferred, gross, net, payback = answer(release, "Q9")[-1]
    assert (deferred, gross, net, payback) == (620_000, Decimal("0.3401"), Decimal("-0.6599"), None)


def test_q10_has_three_provisional_returns_in_time(release: duckdb.DuckDBPyConnection):
    returns = answer(release, "Q10")
    assert [(row[0], row[3], row[4]) for row in returns] == [
        (code, "accepted", "Provisional") for code in ("AH", "CH", "PL")
    ]
    assert all(days_late < 0 for *_, days_late, _, _, _ in returns)
    assert not any(row[-1] for row in returns)


def test_q11_finds_no_line_deferred_twice(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q11") == []


def test_q12_tells_which_claims_do_not_match(release: duckdb.DuckDBPyConnection):
    verdicts = {claim: verdict for claim, *_, verdict, _ in answer(release, "Q12")}
    assert verdicts["C02"] == "NO_MATCH"
    assert [verdicts[claim] for claim in ("C01", "C09", "C16")] == ["NOT_TESTABLE"] * 3
    assert verdicts["C14"] == "MATCH_WITH_CAVEAT"
    assert "C10.1" not in verdicts


def test_q13_q14_q18_and_q19_wait_for_another_period(release: duckdb.DuckDBPyConnection):
    for question in ("Q13", "Q14", "Q18", "Q19"):
        assert answer(release, question) == []


def test_q15_has_the_one_quarter_that_was_reported(release: duckdb.DuckDBPyConnection):
    rags = answer(release, "Q15")
    assert {(year, quarter) for year, quarter, *_ in rags} == {("2021/22", "Q2")}
    assert sum(lines for *_, lines, _ in rags) == 12
    assert sum((baseline for *_, baseline in rags), Decimal(0)) == 10_845_000


def test_q16_and_q17_have_three_returns_in_time_and_right_at_once(release: duckdb.DuckDBPyConnection):
    assert answer(release, "Q16") == [
        ("AH", 1, 0, 0, -3, False),
        ("CH", 1, 0, 0, -7, False),
        ("PL", 1, 0, 0, -4, False),
    ]
    assert answer(release, "Q17") == [("2021/22", code, 1, 1) for code in ("AH", "CH", "PL")]


def test_q20_has_what_each_funded_project_has_still_to_bring(release: duckdb.DuckDBPyConnection):
    still_to_come = {project: amount for _, project, *_, amount in answer(release, "Q20")}
    assert still_to_come == {"PRJ-0102": 900_300, "PRJ-0301": 1_079_500}
    assert not any(row[4] for row in answer(release, "Q20"))


@pytest.mark.parametrize("sql", asked_by_command(ANALYST))
def test_what_the_analysts_page_asks_by_command_is_answered(first_night: Home, sql: str):
    assert reader.ask(first_night.current, sql).rows


def test_before_any_return_is_accepted_the_questions_are_about_the_first_period_that_is_due(
    first_night: Home, tmp_path: Path
) -> None:
    """On the first night of a council whose only return was blocked."""
    shutil.copy(first_night.current / "savings.duckdb", tmp_path)
    with duckdb.connect(tmp_path / "savings.duckdb") as release:
        release.execute("update marts.dim_reporting_period set is_latest_period = false")
        release.execute("update marts.dim_reporting_period set is_latest_complete_period = false")
        release.execute("delete from marts.fct_savings_position; delete from marts.dim_report")
        example = example_of(release)
        ((first, due_on),) = release.execute(
            "select min(period_key), min(due_on) from marts.dim_reporting_period where due_on is not null"
        ).fetchall()
        assert (example.period_key, example.since) == (first, due_on)
        assert len(list(questions.questions(questions.page(questions.QUESTIONS, example)))) == 20
