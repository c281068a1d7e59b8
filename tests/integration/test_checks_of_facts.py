"""Each dbt check of the facts, and of the staging and intermediate models, finds what it is there for.

The query that dbt compiled is run on a sound candidate, then on one that was spoilt in the one way that the
check looks for. Spoiling is undone by rolling back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project import run_dbt
from tests.scenarios import Scenario, line

OURS = (
    *("stg_", "int_", "fct_savings_position", "fct_savings_allocation", "fct_return", "fct_submission", "fct_finding"),
    *("fct_plan_change", "fct_investment", "fct_pipeline", "fct_risk", "fct_budget_gap"),
)

# What breaks a row's arithmetic, its number, or its conservation; keys and lists are spoilt by their kind, below.
SPOILT = {
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
    "fct_savings_position__every_line_places_its_whole_baseline": (
        "update marts.fct_savings_position set counted_projected_gbp = counted_projected_gbp - 0.01"
    ),
    "fct_savings_position__exactly_one_current_row_a_line_plan_year_and_period": (
        "delete from marts.fct_savings_position where is_current and not is_carried_forward"
    ),
    "fct_savings_allocation__adds_up_to_the_position": (
        "update marts.fct_savings_allocation set amount_gbp = amount_gbp + 0.01 where bucket = 'UNDELIVERABLE'"
    ),
    "fct_savings_allocation__and_quarantined_lines_add_up_to_the_baselines_of_each_file": (
        "update raw.savings_line set baseline_gbp = baseline_gbp + 0.01 where saving_ref = 'AH-21-002'"
    ),
    "fct_savings_allocation__pounds_have_a_delivery_year_where_they_are_delivered": (
        "update marts.fct_savings_allocation set delivery_year_key = plan_year_key where bucket = 'DEFERRED'"
    ),
    "fct_savings_allocation__what_was_left_at_a_close_is_accounted_for_at_the_next": (
        "update marts.fct_savings_allocation set amount_gbp = amount_gbp + 0.01"
        " where bucket = 'PROJECTED' and delivery_year_key = 2022"
    ),
    # Ruling E3.
    "fct_submission__typed_lines_come_to_the_sums_as_judged": (
        "update raw.savings_line set achieved_to_date_gbp = achieved_to_date_gbp + 0.01 where saving_ref = 'AH-21-002'"
    ),
    "fct_submission__rows_read_are_the_rows_of_its_typed_lines": "delete from raw.savings_line",
}


_ROOMS = {"stg_": "staging", "int_": "intermediate"}


@dataclass(frozen=True)
class Check:
    """A check of the project: what it looks at, and how."""

    kind: str
    model: str
    column: str
    query: str

    @property
    def table(self) -> str:
        """Where the rows are that it looks at; a staging model is a view of its source."""
        if self.model.startswith("stg_"):
            return self.model.removeprefix("stg_").replace("__", ".")
        return f"{'intermediate' if self.model.startswith('int_') else 'marts'}.{self.model}"

    @property
    def without_its_key(self) -> str:
        """Return the statements that lose a part of the model's key.

        The model is made anew as a table without constraints: a view has no rows of its own, and a
        contract's constraints keep a key in DuckDB that another engine may lose.
        """
        schema = next((room for start, room in _ROOMS.items() if self.model.startswith(start)), "marts")
        relation = f"{schema}.{self.model}"
        part = self.column.split(" ||")[0]
        return f"""
            create temp table sound as select * from {relation};
            drop {"view" if schema == "staging" else "table"} {relation};
            create table {relation} as select * replace (nullif({part}, {part}) as {part}) from sound
        """  # noqa: S608 - our own words

    @property
    def spoiling(self) -> str:
        """Return the statement that breaks what a check of this kind looks for."""
        spoilt = {
            "not_null": self.without_its_key,
            "relationships": f"update {self.table} set {self.column} = -1",  # noqa: S608 - our own words
            "accepted_values": f"update {self.table} set {self.column} = 'X'",  # noqa: S608 - our own words
        }
        return spoilt.get(self.kind, f"insert into {self.table} from {self.table} limit 1")


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return a history with a row for every table: two years, a plan that changed, a decision, a later version."""
    transfer = {"change_ref": "T", "change_type": "Transfer", "effective_period": "P13", "decision_ref": "D-1"}
    scenario = Scenario(
        approved_plan=[
            {"saving_ref": "AH-21-001", "plan_year": "2021/22", "directorate_code": "AH", "baseline_gbp": 100},
            {"saving_ref": "AH-21-002", "plan_year": "2021/22", "directorate_code": "AH", "baseline_gbp": 100},
            {"saving_ref": "CO-21-001", "plan_year": "2021/22", "directorate_code": "CO", "baseline_gbp": 100},
        ],
        plan_change=[
            {**transfer, "saving_ref": "CO-21-001", "amount_gbp": 5, "counterpart_ref": "AH-21-002"},
            {**transfer, "saving_ref": "AH-21-002", "amount_gbp": -5, "counterpart_ref": "CO-21-001"},
        ],
        decision=[{"decision_ref": "D-1"}],
        fund=[{"fund_ref": "TF-0001", "project_ref": "PRJ-0001"}],
        printed_plan_total=[{"directorate_code": "AH"}],
        # Of 2022/23 P06 all is there, of 2021/22 nothing of Corporate.
        expected_return=[
            *({"directorate_code": code, "financial_year": "2021/22"} for code in ("AH", "CO")),
            {"directorate_code": "AH", "financial_year": "2022/23", "from_period": "P06"},
        ],
        published_claim=[{"claim_ref": "C10.1", "report_code": "CAB"}],
        report=[{"report_code": "CAB"}],
        printed_project=[{"project_name": "One domain"}],
    )
    lines = [
        line("AH-21-001", 100, 60, deferred=30, undeliverable=10, decision_ref="D-1", deferred_to_year="Multiple"),
        line("AH-21-002", 100, 130),
        line("AH-21-099", 70, 60),
    ]
    parts = [
        {"saving_ref": "AH-21-001", "deferred_to_year": year, "deferred_gbp": 15} for year in ("2022/23", "2023/24")
    ]
    sheets = {
        "Deferrals": parts,
        "Investment": [{"fund_ref": "TF-0001", "project_ref": "PRJ-0001"}],
        "Pipeline": [{"idea_ref": "I-1", "low_gbp": 1, "high_gbp": 2}],
        "Risks": [{"risk_ref": "R-1", "saving_ref": "AH-21-001"}],
        "PlanChanges": [{"change_ref": "P-1", "saving_ref": "AH-21-001", "amount_gbp": 1, "to_directorate": "CO"}],
    }
    for _ in range(2):
        scenario.send("AH", "2021/22", "P06", lines, sheets=sheets, findings=[{"severity": "W"}])
    scenario.send("AH", "2022/23", "P06", [line("AH-21-001", 100, 80, deferred=20, plan_year="2021/22")])
    return scenario


@pytest.fixture(scope="module")
def manifest(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    candidate = scenario.load(tmp_path_factory.mktemp("built"))
    result = run_dbt.build(candidate)
    failed = [node.name for node in result.nodes.values() if node.status in ("fail", "error")]
    assert failed == []
    return result.manifest


@pytest.fixture(scope="module")
def checks(manifest: Path) -> dict[str, Check]:
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    return {node["name"]: check_of(node) for node in nodes if node["resource_type"] == "test" and is_ours(node)}


@pytest.fixture(scope="module")
def warehouse(manifest: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(manifest.parents[2] / "candidate.duckdb") as connection:
        yield connection


def is_ours(node: dict[str, Any]) -> bool:
    return bool(node["name"].startswith(OURS))


def check_of(node: dict[str, Any]) -> Check:
    if "test_metadata" not in node:
        return Check("singular", "", "", node["compiled_code"])
    model = node["attached_node"].rsplit(".", 1)[-1]
    column = node["column_name"] or node["test_metadata"]["kwargs"].get("column_name", "")
    return Check(node["test_metadata"]["name"], model, column, node["compiled_code"])


def test_every_check_of_its_own_kind_is_spoilt_here(checks: dict[str, Check]):
    assert {name for name, check in checks.items() if check.kind == "singular"} == SPOILT.keys()


def test_every_check_finds_nothing_on_sound_data(checks: dict[str, Check], warehouse: duckdb.DuckDBPyConnection):
    assert {name for name, check in checks.items() if warehouse.sql(check.query)} == set()


def test_every_check_finds_what_it_is_there_for(checks: dict[str, Check], warehouse: duckdb.DuckDBPyConnection):
    """F-E17, F-E18: a row that is there twice, a key that leads nowhere, an amount that is off by a penny."""
    blind = set()
    for name, check in checks.items():
        warehouse.begin()
        warehouse.execute(SPOILT.get(name, check.spoiling))
        if not warehouse.sql(check.query):
            blind.add(name)
        warehouse.rollback()

    assert blind == set()


def test_a_position_that_stands_twice_is_found(checks: dict[str, Check], warehouse: duckdb.DuckDBPyConnection):
    check = checks["fct_savings_position__exactly_one_current_row_a_line_plan_year_and_period"]
    warehouse.begin()
    warehouse.execute("insert into marts.fct_savings_position from marts.fct_savings_position where is_current limit 1")
    found = warehouse.sql(check.query).fetchall()
    warehouse.rollback()

    assert [count for _, count in found] == [2]
