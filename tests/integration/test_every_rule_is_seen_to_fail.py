"""Each rule that dbt's tests hold finds nothing on sound data, and what it is there for once that is spoilt.

All rules share one candidate. Its rows are spoilt inside a transaction, the compiled query of the rule's test is
asked, and the spoiling is rolled back. What every table has alike (keys, foreign keys, spans, sets of members) is
spoilt in all tables at once, by kind; what a table alone has is spoilt by a case of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project import run_dbt
from dbt_project.rules import Rule, rules_of
from tests.all_tables import history

# ruff: noqa: S608 - every statement here is put together from declared names

# What a table alone has, and what breaks it.
SPOILT = {
    "bridge_project_theme__weights_of_every_project_sum_to_1": (
        "update marts.bridge_project_theme set weight = weight - 0.000001"
    ),
    "bridge_project_workstream__weights_of_every_project_sum_to_1": "delete from marts.bridge_project_workstream",
    "dim_date__has_every_day_of_every_financial_year": "delete from marts.dim_date where date_key = 20210930",
    "dim_project__every_project_has_its_directorate": "update marts.dim_project set directorate_code = 'XX'",
    "dim_saving_line__every_line_has_its_directorate": "update marts.dim_saving_line set directorate_code = 'XX'",
    "dim_service__every_service_has_its_directorate": "update marts.dim_service set directorate_code = 'XX'",
    "fct_plan_change__both_sides_of_a_transfer_in_force_net_to_zero": (
        "update marts.fct_plan_change set amount_gbp = amount_gbp + 0.01 where saving_ref = 'CO-21-001'"
    ),
    # A proposal that moved something.
    "fct_plan_change__changes_in_force_lead_from_the_original_plan_to_the_plan_in_force": (
        "update marts.fct_plan_change set state = 'IN_FORCE', amount_gbp = amount_gbp - 0.01 where state = 'PROPOSED'"
    ),
    "fct_plan_change__only_a_proposal_comes_from_a_return": (
        "update marts.fct_plan_change set submission_key = null where state = 'PROPOSED'"
    ),
    "fct_plan_change__only_a_change_in_force_has_a_decision": (
        "update marts.fct_plan_change set decision_ref = null where state = 'IN_FORCE'"
    ),
    "fct_published_figure__every_warehouse_measure_is_of_table_1": (
        "update marts.fct_published_figure set warehouse_measure = 'projected_gbp+defered_gbp' where claim_ref = 'C14'"
    ),
    "fct_published_figure__only_a_plain_match_goes_without_a_reason": (
        "update marts.fct_published_figure set reason = null where claim_ref = 'C02'"
    ),
    "fct_savings_allocation__adds_up_to_the_position": (
        "update marts.fct_savings_allocation set amount_gbp = amount_gbp + 0.01 where bucket = 'UNDELIVERABLE'"
    ),
    "fct_savings_allocation__and_quarantined_lines_add_up_to_the_baselines_of_each_file": (
        "update raw.savings_line set baseline_gbp = baseline_gbp + 0.01 where saving_ref = 'AH-21-002'"
    ),
    "fct_savings_allocation__what_was_left_at_a_close_is_accounted_for_at_the_next": (
        "update marts.fct_savings_allocation set amount_gbp = amount_gbp + 0.01"
        " where bucket = 'PROJECTED' and delivery_year_key = 2022"
    ),
    "fct_savings_allocation__is_not_of_0": "update marts.fct_savings_allocation set amount_gbp = 0",
    "fct_savings_allocation__has_a_delivery_year_exactly_where_it_is_delivered": (
        "update marts.fct_savings_allocation set delivery_year_key = plan_year_key where bucket = 'UNEXPLAINED'"
    ),
    "fct_savings_allocation__is_not_projected_before_its_plan_year": (
        "update marts.fct_savings_allocation set delivery_year_key = plan_year_key - 1 where bucket = 'PROJECTED'"
    ),
    "fct_savings_allocation__is_deferred_to_a_year_after_its_plan_year": (
        "update marts.fct_savings_allocation set delivery_year_key = plan_year_key where bucket = 'DEFERRED'"
    ),
    "fct_savings_position__places_its_whole_baseline": (
        "update marts.fct_savings_position set counted_projected_gbp = counted_projected_gbp - 0.01"
    ),
    "fct_savings_position__has_no_unexplained_amount_below_0": (
        "update marts.fct_savings_position set unexplained_gbp = -0.01"
    ),
    "fct_savings_position__exactly_one_current_row_per_line_plan_year_and_period": (
        "delete from marts.fct_savings_position where is_current and not is_carried_forward"
    ),
    "fct_submission__rows_read_are_the_rows_of_its_typed_lines": "delete from raw.savings_line",
    # Ruling E3.
    "fct_submission__typed_lines_come_to_the_sums_as_judged": (
        "update raw.savings_line set achieved_to_date_gbp = achieved_to_date_gbp + 0.01 where saving_ref = 'AH-21-002'"
    ),
    "rpt_budget_gap_bridge__components_and_the_remainder_come_to_the_gap": (
        "update marts.rpt_budget_gap_bridge set low_gbp = low_gbp + 0.01 where is_unidentified"
    ),
    "rpt_cabinet_table_1__equals_allocation_and_positions_in_pence": (
        "update marts.fct_savings_allocation set amount_gbp = amount_gbp + 0.01 where bucket = 'DEFERRED'"
    ),
    "rpt_cabinet_table_1__places_its_whole_baseline": (
        "update marts.rpt_cabinet_table_1 set unexplained_gbp = unexplained_gbp - 0.01 where directorate_code = 'AH'"
    ),
    "rpt_cabinet_table_1__rows_sum_to_the_total": (
        "update marts.rpt_cabinet_table_1 set mitigated_gbp = null where is_total"
    ),
    "rpt_change_since_last_period__comes_to_the_difference_of_two_periods": (
        "update marts.rpt_change_since_last_period set difference_gbp = difference_gbp + 0.01"
    ),
    "rpt_claim_check__every_query_gives_its_value": (
        "update marts.rpt_claim_check set warehouse_value = warehouse_value + 0.01 where claim_ref = 'C14'"
    ),
    "rpt_deferral_matrix__sums_to_table_1": "delete from marts.rpt_deferral_matrix where plan_year = '2021/22'",
    "rpt_effect_profile__in_year_effect_is_the_running_sum_of_increments": (
        "update marts.rpt_effect_profile set in_year_effect_gbp = in_year_effect_gbp + 0.01"
    ),
    "rpt_effect_profile__increments_come_to_the_full_year_effect_or_to_nothing": (
        "update marts.rpt_effect_profile set increment_gbp = increment_gbp + 0.01 where recurrence = 'One-off'"
    ),
    "rpt_forecast_accuracy__error_is_forecast_less_outturn": (
        "update marts.rpt_forecast_accuracy set error_gbp = error_gbp + 0.01"
    ),
    "rpt_forecast_accuracy__error_is_no_larger_than_the_absolute_one": (
        "update marts.rpt_forecast_accuracy set absolute_error_gbp = 0 where error_gbp <> 0"
    ),
    "rpt_forecast_accuracy__ratios_are_there_exactly_where_something_was_delivered": (
        "update marts.rpt_forecast_accuracy set bias = null"
    ),
    "rpt_forecast_trajectory__is_table_1_period_by_period": (
        "update marts.rpt_forecast_trajectory set counted_projected_gbp = null where reporting_period = 'P06'"
    ),
    "rpt_fund_return__is_the_sum_of_the_lines_that_name_the_fund": (
        "update marts.fct_savings_allocation set fund_ref = 'TF-0001' where bucket = 'PROJECTED'"
    ),
    "rpt_line_detail__holds_every_line_of_the_latest_period": (
        "delete from marts.rpt_line_detail where saving_ref = 'AH-21-002'"
    ),
    "rpt_non_cashable__holds_every_line_that_is_not_cashable": (
        "update marts.rpt_non_cashable set line_count = line_count + 1"
    ),
    "rpt_quality_scorecard__counts_every_finding_of_a_period": "update marts.rpt_quality_scorecard set warn_count = 0",
    "rpt_rag_summary__holds_every_line_of_its_period_and_of_the_one_before": (
        "delete from marts.rpt_rag_summary where directorate_code = 'AH' and period_key = 202106"
    ),
    "rpt_realism_projection__lies_in_its_range": (
        "update marts.rpt_realism_projection set adjusted_low_gbp = adjusted_high_gbp + 0.01"
    ),
    "rpt_realism_projection__says_on_what_basis": "update marts.rpt_realism_projection set basis = 'no closed year'",
    "rpt_roadmap__every_phase_has_the_pounds_of_its_years": (
        "update marts.rpt_roadmap set amount_gbp = amount_gbp - 0.01 where phase_code = 'MEDIUM'"
    ),
    "rpt_roadmap__holds_every_project_once_a_period_is_open": (
        "delete from marts.rpt_roadmap where project_ref = 'PRJ-0002'"
    ),
    "rpt_savings_bridge__directorates_sum_to_the_total_of_table_1": (
        "update marts.rpt_savings_bridge set amount_gbp = null where step = 'mitigated'"
    ),
    "rpt_savings_bridge__steps_after_the_baseline_sum_to_it": (
        "update marts.rpt_savings_bridge set amount_gbp = amount_gbp - 0.01 where step = 'on track'"
    ),
    "rpt_theme_savings__themes_add_up_to_the_allocation": (
        "update marts.rpt_theme_savings set share_gbp = share_gbp + 0.01 where theme_code = 'T1'"
    ),
    "rpt_timeliness__is_on_time_or_late_or_missing": "update marts.rpt_timeliness set is_late = is_on_time",
    "rpt_timeliness__is_first_time_right_only_where_something_came": (
        "update marts.rpt_timeliness set is_first_time_right = true, is_missing = true"
    ),
    "rpt_top_risk__ranks_every_risk_of_its_period_by_pounds": "update marts.rpt_top_risk set rank_no = 3 - rank_no",
    "rpt_workstream_savings__workstreams_add_up_to_the_allocation": (
        "update marts.rpt_workstream_savings set share_gbp = share_gbp + 0.01"
    ),
}

_Statements = dict[str, str]


@dataclass(frozen=True)
class Built:
    """The sound candidate, open for spoiling, and what is declared of it."""

    warehouse: duckdb.DuckDBPyConnection
    rules: list[Rule]
    nodes: Mapping[str, Any]
    compiled: Path

    def sql_of(self, test: str) -> str:
        """Return a test's query as dbt asked it; one of them follows what the tables have."""
        (path,) = self.compiled.rglob(f"{self.nodes[test]['name']}.sql")
        return path.read_text(encoding="utf-8")

    def rules_broken(self, tests: set[str]) -> set[str]:
        """Return the rules of these tests that rows break now."""
        return {
            rule
            for test in tests
            for (rule,) in self.warehouse.sql(f"select distinct rule from ({self.sql_of(test)})").fetchall()
        }

    def rules_broken_by(self, rules: set[str], *statements: str) -> set[str]:
        """Return which of these rules are broken once the data are spoilt; undo the spoiling."""
        self.warehouse.begin()
        try:
            for statement in statements:
                self.warehouse.execute(statement)
            return rules & self.rules_broken({rule.test for rule in self.rules if rule.name in rules})
        finally:
            self.warehouse.rollback()

    def models(self) -> Iterator[dict[str, Any]]:
        return (node for node in self.nodes.values() if node["resource_type"] == "model")

    def declared_of(self, model: dict[str, Any]) -> dict[str, Any]:
        """Return what the YAML of a model says of its rows."""
        for node in self.nodes.values():
            metadata = node.get("test_metadata")
            if metadata and metadata["name"] == "holds" and node["attached_node"] == model["unique_id"]:
                return dict(metadata["kwargs"])
        return dict(model["config"]["meta"].get("holds", {}))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    candidate = history().load(tmp_path_factory.mktemp("built"))
    result = run_dbt.build(candidate)
    assert [node.name for node in result.nodes.values() if node.status not in ("success", "pass")] == []
    with duckdb.connect(candidate) as warehouse:
        nodes = json.loads(result.manifest.read_bytes())["nodes"]
        yield Built(warehouse, rules_of(result.manifest), nodes, result.manifest.with_name("compiled"))


def table_of(model: dict[str, Any]) -> str:
    """Return where a model's rows are; those of a staging model are its source's."""
    if model["schema"] == "staging":
        return str(model["name"]).removeprefix("stg_").replace("__", ".")
    return f"{model['schema']}.{model['name']}"


def rows_twice(built: Built) -> _Statements:
    """Every row is there twice: no key is one row's alone, and spans overlap."""
    return {
        f"{model['name']}__{sentence}": f"insert into {table_of(model)} from {table_of(model)} limit 1"
        for model in built.models()
        for sentence in _sentences(built.declared_of(model), "one_row_per", "spans")
        if not (model["name"].startswith("dim_"))
    }


def rows_of_dimensions_twice(built: Built) -> _Statements:
    """A dimension, whose key DuckDB keeps, has a row again under another key: spans overlap."""
    return {
        f"{model['name']}__{sentence}": f"insert into {table_of(model)} select * replace (-{key} as {key}) "
        f"from {table_of(model)} limit 1"
        for model in built.models()
        if model["name"].startswith("dim_")
        for key in list(model["columns"])[:1]
        for sentence in built.declared_of(model).get("spans", {})
    }


def keys_lost(built: Built) -> _Statements:
    """A part of the key is null: one that the table itself has, not what a staging model makes of it."""
    return {
        f"{model['name']}__no_row_lacks_its_key": f"update {table_of(model)} set {columns[0]} = null"
        for model in built.models()
        if model["schema"] in ("staging", "intermediate")
        for key in built.declared_of(model).get("one_row_per", {}).values()
        if (columns := [name for name in key if model["schema"] != "staging" or name not in model["columns"]])
    }


def keys_lead_nowhere(built: Built) -> _Statements:
    """A foreign key names what is not there; each its own number, as tables name one another."""
    foreign_keys = [
        (model, column, re.findall(r"\w+", constraint["to"])[-1])
        for model in built.models()
        for column, described in model["columns"].items()
        for constraint in described["constraints"]
        if constraint["type"] == "foreign_key"
    ]
    return {
        f"{model['name']}__every_{column.removesuffix('_key')}_is_in_{parent}": (
            f"update {table_of(model)} set {column} = -{number}"
        )
        for number, (model, column, parent) in enumerate(foreign_keys, start=1)
    }


def members_of_no_set(built: Built) -> _Statements:
    """A column holds a word that is not of its list."""
    return {
        f"{model['name']}__{sentence}": f"update {table_of(model)} set {column} = 'X'"
        for model in built.models()
        for sentence, sets in built.declared_of(model).get("members", {}).items()
        for column in sets
    }


def _sentences(declared: Mapping[str, Any], *kinds: str) -> Iterator[str]:
    for kind in kinds:
        for sentence in declared.get(kind, {}):
            yield f"one_row_per_{sentence}" if kind == "one_row_per" else sentence


BY_KIND = (rows_twice, rows_of_dimensions_twice, keys_lost, keys_lead_nowhere, members_of_no_set)


def test_every_rule_has_a_case_that_breaks_it(built: Built):
    """F-E17, F-E18: a rule without one fails here."""
    spoilt = SPOILT.keys() | {rule for kind in BY_KIND for rule in kind(built)}
    assert {rule.name for rule in built.rules} == spoilt


def test_every_published_table_has_a_rule_that_is_broken_here_or_a_key_that_duckdb_keeps(built: Built):
    """Ruling G8: a new table without either is refused; that DuckDB keeps keys is test_constraints' to say."""
    spoilt = {rule.table for rule in built.rules}
    unguarded = [
        model["name"]
        for model in built.models()
        if model["access"] == "public"
        and model["name"] not in spoilt
        and not any(c["type"] == "primary_key" for column in model["columns"].values() for c in column["constraints"])
    ]
    assert unguarded == []


def test_no_rule_is_broken_on_sound_data(built: Built):
    assert built.rules_broken({rule.test for rule in built.rules}) == set()


@pytest.mark.parametrize("kind", BY_KIND, ids=lambda kind: kind.__name__)
def test_what_every_table_has_alike_is_found_where_it_is_spoilt(built: Built, kind: Any):
    """F-E17, F-E18: a row that is there twice, a key that is lost or leads nowhere, a word that is in no list."""
    statements = kind(built)
    assert statements
    assert built.rules_broken_by(set(statements), *dict.fromkeys(statements.values())) == statements.keys()


@pytest.mark.parametrize("rule", SPOILT)
def test_what_a_table_alone_has_is_found_where_it_is_spoilt(built: Built, rule: str):
    """F-E17, F-E18: an amount that is off by a penny, a row that is missing."""
    assert built.rules_broken_by({rule}, SPOILT[rule]) == {rule}


def test_a_row_that_breaks_a_rule_is_named_with_what_is_there(built: Built):
    (test,) = {rule.test for rule in built.rules if rule.name == "fct_savings_allocation__is_not_of_0"}
    built.warehouse.begin()
    try:
        built.warehouse.execute(
            "update marts.fct_savings_allocation set amount_gbp = 0 where allocation_key = "
            "(select min(allocation_key) from marts.fct_savings_allocation)"
        )
        key = built.warehouse.sql("select min(allocation_key) from marts.fct_savings_allocation").fetchall()[0][0]
        found = built.warehouse.sql(f"select * from ({built.sql_of(test)}) where rule like '%is_not_of_0'").fetchall()
    finally:
        built.warehouse.rollback()
    assert found == [("fct_savings_allocation__is_not_of_0", str(key), "0.00")]


def test_a_position_that_is_there_twice_is_found(built: Built):
    assert built.rules_broken_by(
        {"fct_savings_position__exactly_one_current_row_per_line_plan_year_and_period"},
        "insert into marts.fct_savings_position from marts.fct_savings_position where is_current limit 1",
    )


def test_a_value_without_a_query_is_found(built: Built):
    assert built.rules_broken_by(
        {"rpt_claim_check__every_query_gives_its_value"},
        "update marts.rpt_claim_check set warehouse_query = null where claim_ref = 'C14'",
    )


def test_a_build_has_at_most_170_nodes(built: Built):
    """A model or a test more costs every night; a rule more in a test that is there costs next to nothing."""
    built_nodes = [node for node in built.nodes.values() if node["config"].get("materialized") != "ephemeral"]
    assert len(built_nodes) <= 170
