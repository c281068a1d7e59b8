"""Table 1 and what stands upon it, on the report's own figures and on returns that are missing or carried."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.report_returns import LINES, SERVICES, lines_of, the_council
from tests.scenarios import line

BUCKETS = "baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp, unexplained_gbp, not_reported_gbp"
ADULTS = (6_582_000, 3_027_000, 500_000, 0, 3_055_000, 0)
CHILDREN = (1_870_000, 1_870_000, 0, 0, 0, 0)
PLACE = (2_393_000, 510_500, 1_604_000, 0, 278_500, 0)
COUNCIL = (10_845_000, 5_407_500, 2_104_000, 0, 3_333_500, 0)


def table_1(warehouse: duckdb.DuckDBPyConnection, columns: str, period: str) -> dict[str, tuple[Any, ...]]:
    rows = warehouse.execute(
        f"select directorate_code, {columns} from marts.rpt_cabinet_table_1"  # noqa: S608 - our own words
        " where plan_year = '2021/22' and reporting_year = '2021/22' and reporting_period = $1",
        [period],
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def reported() -> Iterator[duckdb.DuckDBPyConnection]:
    """All three directorates have sent their P06, and Place a first version before."""
    scenario = the_council()
    scenario.send("PL", "2021/22", "P06", lines_of("PL")[:1], state="blocked", block_count=3)
    for directorate in LINES:
        scenario.send(directorate, "2021/22", "P06", lines_of(directorate))
    with scenario.work_out() as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def incomplete() -> Iterator[duckdb.DuckDBPyConnection]:
    """Place has sent nothing, Children's nothing good after P06; a line of Adults & Housing is not cashable."""
    scenario = the_council()
    scenario.add(
        "approved_plan",
        {"saving_ref": "AH-21-006", "plan_year": "2021/22", "directorate_code": "AH", "is_cashable": False,
         "baseline_gbp": 200_000},
    )  # fmt: skip
    beside = line("AH-21-006", 200_000, 150_000, cashable="Non-cashable", service=SERVICES["AH"])
    scenario.send("AH", "2021/22", "P06", [*lines_of("AH"), beside])
    scenario.send("CH", "2021/22", "P06", lines_of("CH"))
    scenario.send("AH", "2021/22", "P06", [], state="blocked", block_count=1)
    scenario.send("AH", "2021/22", "P07", [*lines_of("AH"), beside])
    scenario.send("CH", "2021/22", "P07", [], state="blocked", block_count=2)
    scenario.send("CO", "2021/22", "P07", [], state="held")
    with scenario.work_out() as warehouse:
        yield warehouse


def test_table_1_is_the_reports_to_the_pound(reported: duckdb.DuckDBPyConnection):
    assert table_1(reported, BUCKETS, "P06") == {"AH": ADULTS, "CH": CHILDREN, "PL": PLACE, "ALL": COUNCIL}


def test_over_achievement_stands_beside_table_1_and_offsets_nothing(reported: duckdb.DuckDBPyConnection):
    beside = table_1(reported, "original_baseline_gbp, over_achieved_gbp, mitigated_gbp, brought_forward_gbp", "P06")

    assert beside["AH"] == (6_582_000, 330_000, 0, 0)
    assert beside["ALL"] == (10_845_000, 330_000, 0, 0)


def test_a_complete_table_carries_no_flag(reported: duckdb.DuckDBPyConnection):
    flags = table_1(reported, "is_total, is_carried_forward, is_incomplete, is_restated", "P06")

    assert flags == {
        "AH": (False, False, False, False),
        "CH": (False, False, False, False),
        "PL": (False, False, False, False),
        "ALL": (True, False, False, False),
    }


def test_a_missing_directorate_shows_its_plan_as_not_reported(incomplete: duckdb.DuckDBPyConnection):
    assert table_1(incomplete, BUCKETS, "P06") == {
        "AH": ADULTS,
        "CH": CHILDREN,
        "PL": (2_393_000, None, None, None, None, 2_393_000),
        "ALL": (10_845_000, 4_897_000, 500_000, 0, 3_055_000, 2_393_000),
    }


def test_a_missing_directorate_makes_its_row_and_the_total_incomplete(incomplete: duckdb.DuckDBPyConnection):
    assert table_1(incomplete, "is_incomplete", "P06") == {
        "AH": (False,),
        "CH": (False,),
        "PL": (True,),
        "ALL": (True,),
    }


def test_a_carried_directorate_keeps_its_figures_and_is_flagged(incomplete: duckdb.DuckDBPyConnection):
    """F-B20."""
    assert table_1(incomplete, BUCKETS, "P07")["CH"] == CHILDREN
    assert table_1(incomplete, "is_carried_forward", "P07") == {
        "AH": (False,),
        "CH": (True,),
        "PL": (False,),
        "ALL": (True,),
    }


def test_what_is_not_cashable_is_a_line_but_never_in_table_1(incomplete: duckdb.DuckDBPyConnection):
    lines = incomplete.sql(
        "select is_cashable, count(*), sum(baseline_gbp) from marts.rpt_line_detail"
        " where directorate_code = 'AH' group by is_cashable order by is_cashable"
    ).fetchall()

    assert lines == [(False, 1, 200_000), (True, 5, 6_582_000)]
    assert table_1(incomplete, BUCKETS, "P07")["AH"] == ADULTS


def verdicts(warehouse: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(warehouse.sql("select claim_ref, verdict from marts.rpt_claim_check").fetchall())


def test_each_figure_of_table_1_has_its_verdict(reported: duckdb.DuckDBPyConnection):
    found = verdicts(reported)
    of_table_1 = [f"C{claim}.{figure}" for claim in (10, 11, 12, 13) for figure in (1, 2, 3)]

    assert {claim: found[claim] for claim in ("C02", "C14")} == {"C02": "NO_MATCH", "C14": "MATCH_WITH_CAVEAT"}
    assert {found[claim] for claim in ["C03", "C15", *of_table_1]} == {"MATCH"}


def test_what_is_no_figure_of_table_1_is_not_testable_and_says_why(reported: duckdb.DuckDBPyConnection):
    judged = {"C02", "C03", "C10", "C11", "C12", "C13", "C14", "C15"}
    others = {claim: verdict for claim, verdict in verdicts(reported).items() if claim.partition(".")[0] not in judged}

    assert {"C01", "C04", "C09", "C16"} <= others.keys()
    assert set(others.values()) == {"NOT_TESTABLE"}


def test_the_projection_that_does_not_match_states_its_difference(reported: duckdb.DuckDBPyConnection):
    claim = reported.sql(
        "select printed_value, warehouse_value, difference, beyond_rounding, reason"
        " from marts.rpt_claim_check where claim_ref = 'C02'"
    ).fetchone()

    assert claim == (5_800_000, 5_407_500, 392_500, 342_500, "More than rounding lies between the two.")


def test_a_claim_on_an_incomplete_table_says_so(incomplete: duckdb.DuckDBPyConnection):
    reasons = dict(incomplete.sql("select claim_ref, reason from marts.rpt_claim_check").fetchall())

    assert verdicts(incomplete)["C12.2"] == "NOT_TESTABLE"
    assert reasons["C12.2"] == "Table 1 has no figure for this year, period and directorate."
    assert reasons["C13.2"] == "Table 1 is incomplete: a directorate that is expected has not reported."


def test_the_query_of_a_claim_is_what_a_reader_can_run(reported: duckdb.DuckDBPyConnection):
    queries = reported.sql("select warehouse_query, warehouse_value from marts.rpt_claim_check").fetchall()
    given = [(query, value) for query, value in queries if query is not None]

    assert len(given) == 16
    assert [reported.sql(query).fetchone() for query, _ in given] == [(value,) for _, value in given]


def test_the_status_shows_the_return_in_force_and_what_is_due_next(reported: duckdb.DuckDBPyConnection):
    rows = reported.sql(
        "select directorate_code, reporting_period, state, version_no, due_on::varchar, block_count"
        " from marts.rpt_submission_status order by period_key, directorate_code"
    ).fetchall()

    assert rows == [
        ("AH", "P06", "accepted", 1, "2021-10-15", 0),
        ("CH", "P06", "accepted", 1, "2021-10-15", 0),
        ("PL", "P06", "accepted", 2, "2021-10-15", 0),
        ("AH", "P07", "NOT_RECEIVED", None, "2021-11-15", None),
        ("CH", "P07", "NOT_RECEIVED", None, "2021-11-15", None),
        ("PL", "P07", "NOT_RECEIVED", None, "2021-11-15", None),
    ]


def test_the_status_shows_what_stands_before_what_came_last(incomplete: duckdb.DuckDBPyConnection):
    state = incomplete.sql(
        "select state, version_no, block_count from marts.rpt_submission_status"
        " where directorate_code = 'AH' and reporting_year = '2021/22' and reporting_period = 'P06'"
    ).fetchall()

    assert state == [("accepted", 1, 0)]


def test_the_status_shows_what_was_not_reported_and_what_is_carried(incomplete: duckdb.DuckDBPyConnection):
    rows = incomplete.sql(
        "select directorate_code, state, is_carried_forward, is_incomplete, not_reported_gbp"
        " from marts.rpt_submission_status where reporting_year = '2021/22' and reporting_period = 'P07'"
        " order by directorate_code"
    ).fetchall()

    assert rows == [
        ("AH", "accepted", False, False, 0),
        ("CH", "blocked", True, False, 0),
        ("CO", "held", False, False, 0),
        ("PL", "NOT_RECEIVED", False, True, 2_393_000),
    ]
