"""dbt in this process tells Dagster the same as dbt in a child does (docs: why it runs in process)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dagster_dbt import DbtCliResource
from dbt.events.types import NodeFinished
from dbt_common.events.base_types import msg_from_base_event

from dbt_project import invocation, run_dbt
from orchestration.dbt_events import Progress, TableTranslator, asset_events
from tests.scenarios import Scenario, line

# As counted (288), and a few: raise it knowingly, and lower it. A table costs one, under contract two; a test one.
MOST_STATEMENTS = 310


def told(event: Any) -> tuple[str, ...]:
    """What an event says, without the times in it."""
    if hasattr(event, "check_name"):
        return ("check", str(event.asset_key), event.check_name, str(event.passed), str(event.severity))
    return (type(event).__name__, str(getattr(event, "asset_key", "")))


@pytest.fixture(scope="module")
def candidate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = Scenario()
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, projected=60, deferred=40)])
    return scenario.load(tmp_path_factory.mktemp("events"))


def test_events_in_process_are_those_of_a_child_and_none_says_that_something_is_deprecated(candidate: Path) -> None:
    """The statements are counted here too: each costs dbt more than DuckDB."""
    said: list[str] = []
    progress = Progress(said.append, pytest.fail)
    built = run_dbt.build(candidate, progress)
    assert [line.split()[1] for line in said] == [str(number) for number in range(20, len(built.nodes), 20)]
    events = progress.events
    assert 0 < sum(event.info.name == "SQLQuery" for event in events) < MOST_STATEMENTS
    assert [event.info.msg for event in events if "Deprecation" in event.info.name] == []
    translator = TableTranslator()
    here = [told(event) for event in asset_events(events, built.manifest, translator, None)]
    child = DbtCliResource(
        project_dir=str(invocation.PROJECT),
        profiles_dir=str(invocation.PROJECT),
        dbt_executable=str(Path(sys.executable).with_name("dbt")),
    )
    arguments = ["build", "--exclude-resource-type", "unit_test", "--vars", json.dumps({"candidate": str(candidate)})]
    run = child.cli(
        arguments, manifest=built.manifest, dagster_dbt_translator=translator, target_path=candidate.parent / "child"
    )
    there = [told(event) for event in run.stream()]
    assert len(here) > 100
    assert Counter(here) == Counter(there)


@pytest.mark.parametrize("status", ["error", "fail", "warn", "skipped"])
def test_what_does_not_go_well_in_a_build_is_told_at_once(status: str) -> None:
    told: list[str] = []
    info = {"node_name": "fct_pipeline__agrees", "resource_type": "test", "node_status": status}
    progress = Progress(pytest.fail, told.append)
    progress(msg_from_base_event(NodeFinished(node_info=info)))
    assert told == [f"dbt: test fct_pipeline__agrees ended with '{status}'."]
