"""dbt's unit tests: the business rules and rulings, each with the figures that it was agreed by."""

from __future__ import annotations

import pytest

from dbt_project.run_dbt import BuildResult, run_unit_tests
from tests.scenarios import Scenario, line

# Those of the rules that the models are the home of and that one table shows.
RULES = (
    *("r01", "r03", "r05", "r06", "r07", "r19", "r21", "r22", "r23", "r24", "r27", "r28", "r29"),
    *("r33", "r34", "r38", "r39", "r41", "r42", "r44", "r45", "r47", "r48", "r52", "r56"),
    *("f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11"),
)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    candidate = tmp_path_factory.mktemp("unit_tests") / "candidate.duckdb"
    scenario = Scenario()
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60, deferred=40)])
    scenario.work_out(candidate).close()
    return run_unit_tests(candidate)


def test_every_unit_test_passes(result: BuildResult):
    failed = [f"{node.name}: {node.message}" for node in result.nodes.values() if node.status != "pass"]

    assert result.success, "\n".join(failed)
    assert failed == []


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_a_unit_test_that_names_it(result: BuildResult, rule: str):
    assert any(f"_{rule}_" in node.name for node in result.nodes.values())
