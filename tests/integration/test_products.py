"""Every reporting mart over savings equals a plain calculation, over histories of several years made up at random.

The years are full of what goes wrong: late, sent again, restated, withdrawn, moved, quarantined. That dbt's tests hold
on such histories is ``builds.test_models_in_memory``'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import duckdb
import pytest

from tests import history_forecasts as forecasts
from tests import history_reports as reports
from tests import history_shares as shares
from tests.histories import scenario_of
from tests.history_oracle import Known, Oracle
from tests.history_plan import year_key
from tests.scenarios import FIRST_RECEIPT, Scenario, line

# Enough that some directorate has closed two years at the period of an open one.
SEEDS = list(range(96, 112))


@pytest.fixture(scope="module")
def built() -> Iterator[tuple[duckdb.DuckDBPyConnection, Known]]:
    scenario, blocks = scenario_of(SEEDS)
    years = tuple(year for block in blocks for year in block.years)
    oracle = Oracle.of(scenario.raw_tables(), scenario.reference_tables(), years)
    with scenario.work_out() as warehouse:
        yield warehouse, oracle.known_at(max(block.moments[-1] for block in blocks))


@pytest.fixture(scope="module")
def warehouse(built: tuple[duckdb.DuckDBPyConnection, Known]) -> duckdb.DuckDBPyConnection:
    return built[0]


@pytest.fixture(scope="module")
def known(built: tuple[duckdb.DuckDBPyConnection, Known]) -> Known:
    return built[1]


def shown(warehouse: duckdb.DuckDBPyConnection, table: str, grain: str, columns: str, where: str = "true") -> Any:
    """Return a mart's rows by grain: one value, or a tuple of several."""
    of_grain = len(grain.split(","))
    rows = warehouse.sql(f"select {grain}, {columns} from marts.{table} where {where}").fetchall()  # noqa: S608 - ours
    found = {row[:of_grain]: row[of_grain:] if len(row) > of_grain + 1 else row[of_grain] for row in rows}
    assert len(found) == len(rows), "two rows of one grain"
    return found


def test_the_bridge_leads_from_the_baseline_to_where_each_pound_stands(warehouse, known):
    bridge = shown(warehouse, "rpt_savings_bridge", "plan_year, period_key, directorate_code, step", "amount_gbp")

    assert bridge == reports.bridge(known)
    assert any(step == "delivered" and amount for (*_, step), amount in bridge.items())


def test_the_rag_summary_counts_lines_and_pounds_now_and_before(warehouse, known):
    rag = shown(
        warehouse,
        "rpt_rag_summary",
        "period_key, directorate_code, rag_derived, rag_submitted",
        "line_count, amount_gbp, previous_line_count, previous_amount_gbp",
    )

    assert rag == reports.rag_summary(known)


def test_the_deferral_matrix_has_each_deferred_pound_once(warehouse, known):
    matrix = shown(
        warehouse,
        "rpt_deferral_matrix",
        "period_key, plan_year, delivery_year, directorate_code",
        "amount_gbp, line_count, deferred_twice_count",
    )

    assert {(p, plan, year_key(to), code): amounts for (p, plan, to, code), amounts in matrix.items()} == (
        reports.deferral_matrix(known)
    )
    assert any(twice for *_, twice in matrix.values())


def test_the_trajectory_leads_from_the_plan_through_every_period(warehouse, known):
    trajectory = shown(
        warehouse,
        "rpt_forecast_trajectory",
        "plan_year, period_key, directorate_code",
        "counted_projected_gbp, achieved_to_date_gbp, original_baseline_gbp, baseline_gbp",
    )

    assert trajectory == reports.trajectory(known)


def test_forecast_accuracy_is_that_of_r47(warehouse, known):
    accuracy = shown(
        warehouse,
        "rpt_forecast_accuracy",
        "plan_year, period_key, directorate_code",
        "forecast_gbp, outturn_gbp, error_gbp, absolute_error_gbp, bias, mean_absolute_error,"
        " line_count, excluded_count",
    )

    assert accuracy == {
        key: (
            *(each.forecast, each.outturn, each.forecast - each.outturn, each.error),
            *(each.bias, each.mean_absolute_error, each.lines, each.excluded),
        )
        for key, each in forecasts.accuracy(known).items()
    }
    assert any(excluded for *_, excluded in accuracy.values())


def test_a_line_that_two_directorates_forecast_because_it_was_moved_is_held_to_its_outturn_once():
    """R47, F6: Adults & Housing forecast 90 for P06; Place, which has the line by a later move, sends P06 with 70."""
    scenario = Scenario(approved_plan=[{"saving_ref": "AH-21-001", "directorate_code": "AH", "baseline_gbp": 100}])
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 90)])
    move = {"change_ref": "PC-1", "saving_ref": "AH-21-001", "change_type": "Move", "directorate_code": "PL"}
    moved_at = FIRST_RECEIPT + timedelta(hours=1)
    scenario.adopt(moved_at, plan_change=[{**move, "effective_period": "P06", "amount_gbp": 0}])
    for directorate, period, projected in (("PL", "P06", 70), ("PL", "P13", 60), ("AH", "P13", None)):
        lines = [] if projected is None else [line("AH-21-001", 100, projected)]
        scenario.send(directorate, "2021/22", period, lines)
    with scenario.work_out() as warehouse:
        columns = "forecast_gbp, outturn_gbp, line_count, excluded_count"
        assert shown(warehouse, "rpt_forecast_accuracy", "directorate_code", columns) == {
            ("AH",): (0, 0, 0, 1),
            ("PL",): (70, 60, 1, 0),
        }


def test_the_realism_projection_is_reproduced_from_its_description(warehouse, known):
    realism = shown(
        warehouse,
        "rpt_realism_projection",
        "plan_year, directorate_code",
        "projected_gbp, adjusted_low_gbp, adjusted_gbp, adjusted_high_gbp, closed_year_count, line_count",
    )

    assert realism == forecasts.realism(known)
    assert any(years > 1 for *_, years, _ in realism.values())


def test_the_effect_profile_is_that_of_r44(warehouse, known):
    effects = shown(
        warehouse, "rpt_effect_profile", "saving_ref, plan_year, effect_year", "increment_gbp, in_year_effect_gbp"
    )

    assert {((ref, plan), year_key(year)): amounts for (ref, plan, year), amounts in effects.items()} == (
        shares.effect_profile(known, known)
    )
    assert len(effects) > 2


def test_what_is_not_cashable_stands_by_its_benefit_type(warehouse, known):
    non_cashable = shown(
        warehouse,
        "rpt_non_cashable",
        "plan_year, period_key, directorate_code, benefit_type",
        "baseline_gbp, counted_projected_gbp, line_count",
    )

    assert non_cashable == reports.non_cashable(known) != {}


def test_the_latest_complete_period_is_the_last_that_everyone_expected_has_reported(warehouse, known):
    facts = ("fct_savings_position", "fct_savings_allocation", "fct_investment", "fct_pipeline", "fct_risk")
    flagged = {
        period
        for fact in facts
        for (period,) in warehouse.sql(
            f"select distinct period_key from marts.{fact} where is_latest_complete_period"  # noqa: S608 - ours
        ).fetchall()
    }
    assert flagged == {known.latest_complete_period}


def test_the_scorecard_counts_what_is_quarantined(warehouse, known):
    quarantined = shown(
        warehouse,
        "rpt_quality_scorecard",
        "directorate_code, period_key",
        "quarantined_line_count, quarantined_gbp",
        "quarantined_line_count > 0",
    )

    assert quarantined == reports.quarantined(known) != {}
