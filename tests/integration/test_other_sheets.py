"""Funds, ideas, risks and changes of the plan: what the sheets beside Savings come to, and that they move no pound."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from tests.scenario_reference import Row
from tests.scenario_rows import PROJECT_OF
from tests.scenarios import FIRST_RECEIPT, Scenario, line

FACTS = ("fct_investment", "fct_pipeline", "fct_risk", "fct_plan_change")
DAY = timedelta(days=1)


def sheets_of(committed: int) -> dict[str, list[Row]]:
    """Return one row a sheet; the plan that is in force gives AH-21-001 250 to CO-21-001 from P06 on."""
    return {
        "Investment": [
            {
                "fund_ref": "TF-0001",
                "project_ref": "PRJ-0001",
                "approved_gbp": 1000,
                "committed_gbp": committed,
                "drawn_to_date_gbp": "12.34",
            }
        ],
        "Pipeline": [{"idea_ref": "I-1", "year": "2022/23", "low_gbp": 8_000_000, "high_gbp": 10_000_000}],
        "Risks": [{"risk_ref": "R-1", "saving_ref": "AH-21-001", "impact_gbp": 300, "due_date": date(2021, 9, 1)}],
        "PlanChanges": [{"change_ref": "P-1", "saving_ref": "AH-21-001", "type": "Reduce", "amount_gbp": 500}],
    }


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Adults & Housing sends P06 twice and no P07; Corporate, which has no sheet beside Savings, sends both."""
    transfer = {"change_ref": "T1", "change_type": "Transfer", "effective_period": "P06", "decision_ref": "D-1"}
    scenario = Scenario(
        approved_plan=[
            {"saving_ref": "AH-21-001", "directorate_code": "AH", "baseline_gbp": 1000},
            {"saving_ref": "CO-21-001", "directorate_code": "CO", "baseline_gbp": 100},
        ],
        plan_change=[
            transfer | {"saving_ref": "AH-21-001", "amount_gbp": -250, "counterpart_ref": "CO-21-001"},
            transfer | {"saving_ref": "CO-21-001", "amount_gbp": 250, "counterpart_ref": "AH-21-001"},
        ],
        decision=[{"decision_ref": "D-1", "decided_on": date(2021, 9, 20)}],
    )
    for committed in (600, 700):
        scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 750, 600)], sheets=sheets_of(committed))
    for period in ("P06", "P07"):
        scenario.send("CO", "2021/22", period, [line("CO-21-001", 350, 350)])
    with scenario.work_out() as connection:
        yield connection


def rows(warehouse: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return warehouse.sql(query).fetchall()


def test_an_amount_is_as_entered_and_names_its_cell(warehouse: duckdb.DuckDBPyConnection):
    of_the_period = """
        select approved_gbp, approved_gbp_cell, committed_gbp, drawn_gbp, drawn_gbp_cell, forecast_gbp, source_row
        from marts.fct_investment where is_current and period_key = 202106"""

    assert rows(warehouse, of_the_period) == [(Decimal(1000), "D2", Decimal(700), Decimal("12.34"), "F2", None, 2)]


@pytest.mark.parametrize("fact", FACTS)
def test_a_row_stands_for_its_period_and_is_carried_into_the_next(warehouse: duckdb.DuckDBPyConnection, fact: str):
    """R38: the first version gave way to the second, which is carried into P07 when Corporate opens that."""
    of_returns = f"""
        select period_key, is_current, is_latest_period, is_carried_forward, carried_from_period_key, valid_from_at
        from marts.{fact} where submission_key is not null order by valid_from_at"""  # noqa: S608 - our own words

    assert rows(warehouse, of_returns) == [
        (202106, False, False, False, None, FIRST_RECEIPT),
        (202106, True, False, False, None, FIRST_RECEIPT + DAY),
        (202107, True, True, True, 202106, FIRST_RECEIPT + 3 * DAY),
    ]


def test_a_fund_as_known_before_the_second_version_has_what_the_first_said(warehouse: duckdb.DuckDBPyConnection):
    """R40."""
    known_at = "select committed_gbp from marts.fct_investment where valid_from_at <= $t and $t < valid_to_at"

    assert warehouse.execute(known_at, {"t": FIRST_RECEIPT}).fetchall() == [(Decimal(600),)]


def test_a_risk_knows_its_line_and_when_its_action_is_due(warehouse: duckdb.DuckDBPyConnection):
    query = """
        select line.saving_ref, risk.impact_gbp, risk.likelihood, risk.current_rating, risk.due_date < period.as_at_date
        from marts.fct_risk as risk
        inner join marts.dim_saving_line as line on risk.saving_line_key = line.saving_line_key
        inner join marts.dim_reporting_period as period on risk.period_key = period.period_key
        where risk.is_latest_period"""

    assert rows(warehouse, query) == [("AH-21-001", Decimal(300), 3, "High", True)]


def test_a_proposal_and_an_idea_move_nothing_in_table_1(warehouse: duckdb.DuckDBPyConnection):
    """R30, R34: neither the 500 that are proposed nor the eight to ten millions are in any total."""
    table_1 = """
        select directorate_code, original_baseline_gbp, baseline_gbp, projected_gbp
        from marts.rpt_cabinet_table_1 where reporting_period = 'P07' order by directorate_code"""

    assert rows(warehouse, table_1) == [
        ("AH", Decimal(1000), Decimal(750), Decimal(600)),
        ("ALL", Decimal(1100), Decimal(1100), Decimal(950)),
        ("CO", Decimal(100), Decimal(350), Decimal(350)),
    ]


def test_a_transfer_in_force_is_a_pair_that_nets_to_zero_for_the_council(warehouse: duckdb.DuckDBPyConnection):
    """R24."""
    in_force = """
        select directorate.directorate_code, counterpart.saving_ref, change.amount_gbp, change.approved_on
        from marts.fct_plan_change as change
        inner join marts.dim_directorate as directorate on change.directorate_key = directorate.directorate_key
        inner join marts.dim_saving_line as counterpart
            on change.counterpart_saving_line_key = counterpart.saving_line_key
        where change.state = 'IN_FORCE' and change.is_current order by 1"""

    assert rows(warehouse, in_force) == [
        ("AH", "CO-21-001", Decimal(-250), date(2021, 9, 20)),
        ("CO", "AH-21-001", Decimal(250), date(2021, 9, 20)),
    ]


def test_what_was_committed_by_the_close_of_a_year_is_still_given_while_a_directorate_is_late_in_the_next():
    """R48: Children's, late with 2022/23, committed 2 m; its line is carried over the close, and so is what it cost."""
    scenario = Scenario()
    scenario.send("CH", "2021/22", "P13", [_funded("CH", "2021/22", 2)], sheets=_invested("CH", 2))
    scenario.send("AH", "2022/23", "P01", [_funded("AH", "2022/23", 3)], sheets=_invested("AH", 3))
    with scenario.work_out() as connection:
        total = rows(connection, "select sum(committed_gbp), sum(return_gbp) from marts.rpt_fund_return")
    assert total == [(5, 5)]


def _funded(directorate: str, year: str, pounds: int) -> Row:
    return line(f"{directorate}-{year[2:4]}-001", pounds, pounds, fund_ref=f"TF-{directorate}")


def _invested(directorate: str, pounds: int) -> dict[str, list[Row]]:
    row = {"fund_ref": f"TF-{directorate}", "project_ref": PROJECT_OF[directorate], "committed_gbp": pounds}
    return {"Investment": [row]}
