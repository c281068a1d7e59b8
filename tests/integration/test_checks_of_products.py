"""Each dbt check of the reporting marts over savings finds what it is there for.

The query that dbt compiled is run on a sound candidate, then on one that was spoilt in the one way that the
check looks for. Spoiling is undone by rolling back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dbt_project import run_dbt
from tests.scenarios import Scenario, line

PRODUCTS = (
    *("rpt_savings_bridge", "rpt_rag_summary", "rpt_deferral_matrix", "rpt_forecast_trajectory"),
    *("rpt_forecast_accuracy", "rpt_realism_projection", "rpt_effect_profile"),
    *("rpt_non_cashable", "rpt_quality_scorecard", "rpt_theme_savings", "rpt_fund_return"),
    *("rpt_budget_gap_bridge", "rpt_roadmap", "rpt_top_risk"),
)


def twice(table: str) -> str:
    return f"insert into marts.{table} from marts.{table} limit 1"


SPOILT = {
    "rpt_budget_gap_bridge__components_and_the_remainder_come_to_the_gap": (
        "update marts.rpt_budget_gap_bridge set low_gbp = low_gbp + 0.01 where is_unidentified"
    ),
    "rpt_budget_gap_bridge__one_row_a_plan_version_year_and_component": twice("rpt_budget_gap_bridge"),
    "rpt_deferral_matrix__one_row_a_period_plan_year_delivery_year_and_directorate": twice("rpt_deferral_matrix"),
    "rpt_deferral_matrix__sums_to_table_1": "delete from marts.rpt_deferral_matrix where plan_year = '2021/22'",
    "rpt_effect_profile__in_year_effect_is_the_running_sum_of_increments": (
        "update marts.rpt_effect_profile set in_year_effect_gbp = in_year_effect_gbp + 0.01"
    ),
    "rpt_effect_profile__increments_come_to_the_full_year_effect_or_to_nothing": (
        "update marts.rpt_effect_profile set increment_gbp = increment_gbp + 0.01 where recurrence = 'One-off'"
    ),
    "rpt_effect_profile__one_row_a_line_plan_year_and_effect_year": twice("rpt_effect_profile"),
    "rpt_forecast_accuracy__error_is_forecast_less_outturn_and_no_larger_than_the_absolute": (
        "update marts.rpt_forecast_accuracy set absolute_error_gbp = 0 where error_gbp <> 0"
    ),
    "rpt_forecast_accuracy__one_row_a_plan_year_forecast_period_and_directorate": twice("rpt_forecast_accuracy"),
    "rpt_forecast_trajectory__is_table_1_period_by_period": (
        "update marts.rpt_forecast_trajectory set counted_projected_gbp = null where reporting_period = 'P06'"
    ),
    "rpt_forecast_trajectory__one_row_a_plan_year_period_and_directorate": twice("rpt_forecast_trajectory"),
    "rpt_fund_return__is_the_sum_of_the_lines_that_name_the_fund": (
        "update marts.fct_savings_allocation set fund_ref = 'TF-0001' where bucket = 'PROJECTED'"
    ),
    "rpt_fund_return__one_row_a_fund_line_project_and_window": twice("rpt_fund_return"),
    "rpt_non_cashable__holds_every_line_that_is_not_cashable": (
        "update marts.rpt_non_cashable set line_count = line_count + 1"
    ),
    "rpt_non_cashable__one_row_a_plan_year_period_directorate_and_benefit_type": twice("rpt_non_cashable"),
    "rpt_quality_scorecard__counts_every_finding_of_a_period": "update marts.rpt_quality_scorecard set warn_count = 0",
    "rpt_quality_scorecard__one_row_a_directorate_and_period": twice("rpt_quality_scorecard"),
    "rpt_rag_summary__holds_every_line_of_its_period_and_of_the_one_before": (
        "update marts.rpt_rag_summary set previous_line_count = 0"
    ),
    "rpt_rag_summary__one_row_a_period_directorate_derived_and_submitted_rag": twice("rpt_rag_summary"),
    "rpt_realism_projection__lies_in_its_range_and_says_on_what_basis": (
        "update marts.rpt_realism_projection set adjusted_low_gbp = adjusted_high_gbp + 0.01"
    ),
    "rpt_realism_projection__one_row_a_plan_year_and_directorate": twice("rpt_realism_projection"),
    "rpt_roadmap__every_phase_has_the_pounds_of_its_years": (
        "update marts.rpt_roadmap set amount_gbp = amount_gbp - 0.01 where phase_code = 'MEDIUM'"
    ),
    "rpt_roadmap__holds_every_project_once_a_period_is_open": (
        "delete from marts.rpt_roadmap where project_ref = 'PRJ-0002'"
    ),
    "rpt_roadmap__one_row_a_project_and_phase": twice("rpt_roadmap"),
    "rpt_savings_bridge__directorates_sum_to_the_total": (
        "update marts.rpt_savings_bridge set amount_gbp = null where is_total and step = 'mitigated'"
    ),
    "rpt_savings_bridge__every_step_is_one_of_the_nine": "update marts.rpt_savings_bridge set step = 'gap'",
    "rpt_savings_bridge__one_row_a_plan_year_period_directorate_and_step": twice("rpt_savings_bridge"),
    "rpt_savings_bridge__steps_after_the_baseline_sum_to_it": (
        "update marts.rpt_savings_bridge set amount_gbp = amount_gbp - 0.01 where step = 'on track'"
    ),
    "rpt_theme_savings__every_classification_is_theme_or_workstream": (
        "update marts.rpt_theme_savings set classification = 'themes'"
    ),
    "rpt_theme_savings__one_row_a_plan_year_period_directorate_classification_code_and_bucket": twice(
        "rpt_theme_savings"
    ),
    "rpt_theme_savings__themes_and_workstreams_each_add_up_to_the_allocation": (
        "update marts.rpt_theme_savings set share_gbp = share_gbp + 0.01 where code = 'T1'"
    ),
    "rpt_top_risk__one_row_a_period_directorate_and_risk": twice("rpt_top_risk"),
    "rpt_top_risk__ranks_every_risk_of_its_period_by_pounds": ("update marts.rpt_top_risk set rank_no = 3 - rank_no"),
}


@dataclass(frozen=True)
class Built:
    """A sound candidate, open for spoiling, and the query of each check upon it."""

    warehouse: duckdb.DuckDBPyConnection
    checks: dict[str, str]

    def rows_found_by(self, check: str) -> int:
        return len(self.warehouse.sql(self.checks[check]))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A year closed at half of its forecast, and the next one, in which a line is deferred on."""
    scenario = Scenario()
    beside = line("AH-21-003", 50, 40, cashable="Non-cashable", plan_year="2021/22")
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 80), line("AH-21-002", 30, 30), beside])
    one_off = line("AH-21-002", 30, 30, recurrence="One-off", plan_year="2021/22")
    closed = line("AH-21-001", 100, 40, deferred=60)
    scenario.send("AH", "2021/22", "P13", [closed, one_off, beside], findings=[{"severity": "W"}])
    deferred_on = line("AH-21-001", 100, 70, deferred=30, plan_year="2021/22")
    sheets = {
        "Projects": [
            {"project_ref": "PRJ-0001", "project_name": "Beds", "theme_code": "T1:0.600000;T2:0.400000"},
            {"project_ref": "PRJ-0002", "project_name": "An idea without lines"},
        ],
        "Investment": [{"fund_ref": "TF-0001", "project_ref": "PRJ-0001", "committed_gbp": 50}],
        "Risks": [{"risk_ref": f"R-{n}", "saving_ref": "AH-22-001", "impact_gbp": n} for n in (1, 2)],
    }
    funded = line("AH-22-001", 200, 100, fund_ref="TF-0001")
    scenario.send("AH", "2022/23", "P06", [deferred_on, one_off, funded], sheets=sheets)
    candidate = scenario.load(tmp_path_factory.mktemp("built"))
    result = run_dbt.build(candidate)
    assert result.success
    with duckdb.connect(candidate) as warehouse:
        yield Built(warehouse, checks_of(result.manifest))


def checks_of(manifest: Path) -> dict[str, str]:
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    return {node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "test"}


def test_every_check_of_the_products_is_spoilt_here(built: Built):
    assert {name for name in built.checks if name.startswith(PRODUCTS)} == SPOILT.keys()


@pytest.mark.parametrize("check", SPOILT)
def test_a_check_finds_nothing_on_sound_data_and_something_once_it_is_spoilt(built: Built, check: str):
    found_before = built.rows_found_by(check)
    built.warehouse.begin()
    try:
        built.warehouse.execute(SPOILT[check])
        found_after = built.rows_found_by(check)
    finally:
        built.warehouse.rollback()

    assert (found_before, found_after > 0) == (0, True)
