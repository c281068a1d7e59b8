"""dbt in this process tells Dagster the same as dbt in a child does (docs: why it runs in process)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dagster_dbt import DbtCliResource
from dbt_common.events.base_types import EventMsg

from dbt_project import invocation, run_dbt
from orchestration.dbt_events import TableTranslator, asset_events
from tests.scenarios import Scenario, line

# As counted (1,161), and a few: raise it knowingly, and lower it. A table costs six, a test one and what it stores.
MOST_STATEMENTS = 1_200


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
    events: list[EventMsg] = []
    built = run_dbt.build(candidate, events.append)
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
