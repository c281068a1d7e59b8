"""Each dbt check of the dimensions, the published figures and the reporting marts finds what it is there for.

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
from tests.report_returns import LINES, lines_of, the_council

# Of the reporting marts those over savings have a history of their own (test_checks_of_products).
OURS = (
    *("dim_", "bridge_", "fct_published_figure", "rpt_cabinet_table_1", "rpt_claim_check"),
    *("rpt_line_detail", "rpt_submission_status"),
)


def twice(table: str) -> str:
    return f"insert into marts.{table} from marts.{table} limit 1"


def nowhere(table: str, column: str) -> str:
    return f"update marts.{table} set {column} = -1"  # noqa: S608 - our own words


def without(table: str, column: str) -> str:
    """Lose a key; the table is made anew, since DuckDB holds the contract's constraints (other engines may not)."""
    return f"create or replace table marts.{table} as select * replace (null as {column}) from marts.{table}"  # noqa: S608 - our own words


SPOILT = {
    "bridge_project_theme__no_row_lacks_its_key": without("bridge_project_theme", "theme_key"),
    "bridge_project_workstream__no_row_lacks_its_key": without("bridge_project_workstream", "workstream_key"),
    "bridge_year_phase__no_row_lacks_its_key": without("bridge_year_phase", "programme_phase_key"),
    "bridge_project_theme__every_project_is_in_dim_project": nowhere("bridge_project_theme", "project_key"),
    "bridge_project_theme__every_theme_is_in_dim_theme": nowhere("bridge_project_theme", "theme_key"),
    "bridge_project_theme__one_row_a_project_and_theme": twice("bridge_project_theme"),
    "bridge_project_theme__weights_of_every_project_sum_to_1": (
        "update marts.bridge_project_theme set weight = weight - 0.000001"
    ),
    "bridge_project_workstream__every_project_is_in_dim_project": nowhere("bridge_project_workstream", "project_key"),
    "bridge_project_workstream__every_workstream_is_in_dim_workstream": nowhere(
        "bridge_project_workstream", "workstream_key"
    ),
    "bridge_project_workstream__one_row_a_project_and_workstream": twice("bridge_project_workstream"),
    "bridge_project_workstream__weights_of_every_project_sum_to_1": "delete from marts.bridge_project_workstream",
    "bridge_year_phase__every_phase_is_in_dim_programme_phase": nowhere("bridge_year_phase", "programme_phase_key"),
    "bridge_year_phase__every_year_is_in_dim_financial_year": nowhere("bridge_year_phase", "financial_year_key"),
    "bridge_year_phase__one_row_a_year_and_phase": twice("bridge_year_phase"),
    "dim_benefit_type__one_row_a_code": twice("dim_benefit_type"),
    "dim_council_value__one_row_a_code": twice("dim_council_value"),
    "dim_date__every_year_is_in_dim_financial_year": nowhere("dim_date", "reporting_year_key"),
    "dim_date__has_every_day_of_every_financial_year": "delete from marts.dim_date where date_key = 20210930",
    "dim_date__one_row_a_day": twice("dim_date"),
    "dim_directorate__no_two_rows_of_a_directorate_hold_on_one_day": twice("dim_directorate"),
    "dim_directorate__one_row_a_directorate_and_first_day": twice("dim_directorate"),
    "dim_financial_year__one_row_a_year": twice("dim_financial_year"),
    "dim_funding_source__one_row_a_code": twice("dim_funding_source"),
    "dim_project__every_project_has_its_directorate": nowhere("dim_project", "directorate_code"),
    "dim_project__no_two_rows_of_a_project_hold_on_one_day": twice("dim_project"),
    "dim_project__one_row_a_project_and_first_day": twice("dim_project"),
    "dim_programme_phase__one_row_a_code": twice("dim_programme_phase"),
    "dim_rag__one_row_a_code": twice("dim_rag"),
    "dim_report__one_row_a_report": twice("dim_report"),
    "dim_reporting_period__every_period_lies_in_a_financial_year": nowhere(
        "dim_reporting_period", "reporting_year_key"
    ),
    "dim_reporting_period__one_row_a_period": twice("dim_reporting_period"),
    "dim_rule__one_row_a_code": twice("dim_rule"),
    "dim_saving_line__every_line_has_its_directorate": nowhere("dim_saving_line", "directorate_code"),
    "dim_saving_line__every_line_has_its_directorate_of_today": nowhere("dim_saving_line", "current_directorate_key"),
    "dim_saving_line__no_two_rows_of_a_line_and_plan_year_hold_on_one_day": twice("dim_saving_line"),
    "dim_saving_line__one_row_a_line_plan_year_and_first_day": twice("dim_saving_line"),
    "dim_service__every_service_has_its_directorate": nowhere("dim_service", "directorate_code"),
    "dim_service__no_two_rows_of_a_service_hold_on_one_day": twice("dim_service"),
    "dim_service__one_row_a_service_and_first_day": twice("dim_service"),
    "dim_status__one_row_a_code": twice("dim_status"),
    "dim_submission__one_row_a_file_received": twice("dim_submission"),
    "dim_theme__one_row_a_code": twice("dim_theme"),
    "dim_workstream__one_row_a_code": twice("dim_workstream"),
    "fct_published_figure__every_claim_has_its_report": nowhere("fct_published_figure", "report_key"),
    "fct_published_figure__every_warehouse_measure_is_of_table_1": (
        "update marts.fct_published_figure set warehouse_measure = 'projected_gbp+defered_gbp' where claim_ref = 'C14'"
    ),
    "fct_published_figure__one_row_a_claim_and_measure": twice("fct_published_figure"),
    "fct_published_figure__only_a_plain_match_goes_without_a_reason": (
        "update marts.fct_published_figure set reason = null where claim_ref = 'C02'"
    ),
    "rpt_cabinet_table_1__equals_allocation_and_positions_in_pence": (
        "update marts.fct_savings_allocation set amount_gbp = amount_gbp + 0.01 where bucket = 'DEFERRED'"
    ),
    "rpt_cabinet_table_1__every_row_places_its_whole_baseline": (
        "update marts.rpt_cabinet_table_1 set unexplained_gbp = unexplained_gbp - 0.01 where directorate_code = 'PL'"
    ),
    "rpt_cabinet_table_1__one_row_a_plan_year_period_and_directorate": twice("rpt_cabinet_table_1"),
    "rpt_cabinet_table_1__rows_sum_to_the_total": (
        "update marts.rpt_cabinet_table_1 set mitigated_gbp = null where is_total"
    ),
    "rpt_claim_check__every_query_gives_its_value": (
        "update marts.rpt_claim_check set warehouse_value = warehouse_value + 0.01 where claim_ref = 'C14'"
    ),
    "rpt_claim_check__one_row_a_claim_and_measure": twice("rpt_claim_check"),
    "rpt_line_detail__holds_every_line_of_the_latest_period": (
        "delete from marts.rpt_line_detail where saving_ref = 'PL-21-004'"
    ),
    "rpt_line_detail__one_row_a_line_and_plan_year": twice("rpt_line_detail"),
    "rpt_submission_status__one_row_a_directorate_and_period": twice("rpt_submission_status"),
    "rpt_submission_status__states_are_those_of_a_return_or_not_received": (
        "update marts.rpt_submission_status set state = 'superseded' where state = 'NOT_RECEIVED'"
    ),
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
    scenario = the_council()
    for directorate in LINES:
        scenario.send(directorate, "2021/22", "P06", lines_of(directorate))
    candidate = scenario.load(tmp_path_factory.mktemp("built"))
    result = run_dbt.build(candidate)
    assert result.success
    with duckdb.connect(candidate) as warehouse:
        yield Built(warehouse, checks_of(result.manifest))


def checks_of(manifest: Path) -> dict[str, str]:
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    return {node["name"]: node["compiled_code"] for node in nodes if node["resource_type"] == "test"}


def test_every_check_of_these_tables_is_spoilt_here(built: Built):
    of_these_tables = {name for name in built.checks if name.startswith(OURS)}

    assert of_these_tables == SPOILT.keys()


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


def test_a_value_without_a_query_is_found(built: Built):
    built.warehouse.begin()
    try:
        built.warehouse.execute("update marts.rpt_claim_check set warehouse_query = null where claim_ref = 'C14'")
        found = built.rows_found_by("rpt_claim_check__every_query_gives_its_value")
    finally:
        built.warehouse.rollback()

    assert found == 1
