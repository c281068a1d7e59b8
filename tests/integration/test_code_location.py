"""The Dagster code location: what it holds, and that the README draws it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from dbt_project import parsed
from dbt_project.published import published_tables
from expectations.lock import read_lock
from orchestration.definitions import build_definitions
from orchestration.jobs import NIGHTLY_LOAD
from orchestration.partitions import GRID, PERIOD, ended_periods
from orchestration.settings import PROJECT, Settings, load_settings
from sources.reference.reference import bundled_reference, read_reference

ROOMS = ("sources", "dbt_project", "expectations", "publishing", "orchestration")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings({"SAVINGS_HOME": str(tmp_path_factory.mktemp("home"))})


@pytest.fixture(scope="module")
def definitions(settings: Settings) -> dg.Definitions:
    return build_definitions(settings)


def test_the_night_takes_everything_but_the_grid_of_returns(definitions: dg.Definitions) -> None:
    everything = definitions.resolve_asset_graph().get_all_asset_keys()
    job = definitions.resolve_job_def(NIGHTLY_LOAD)
    assert everything - job.asset_layer.executable_asset_keys == {GRID}


def test_every_published_table_is_an_asset_of_its_name(definitions: dg.Definitions, settings: Settings) -> None:
    manifest = parsed.parse(settings.home.candidate)
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    assert {dg.AssetKey([table.schema, table.name]) for table in published_tables(manifest)} <= keys


def test_every_locked_check_is_shown_by_an_asset_check_of_its_table(
    definitions: dg.Definitions, settings: Settings
) -> None:
    """dbt's rules by the test that holds them; the rest by one check of what stops publishing, one of what warns."""
    checks = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    sentences = {"error": "is_what_readers_rely_on", "warn": "is_as_usual"}
    others = {f"{check.table}__{sentences[check.severity]}" for check in read_lock() if check.engine != "dbt"}
    manifest = parsed.parse(settings.home.candidate)
    nodes = json.loads(manifest.read_bytes())["nodes"].values()
    assert checks >= others | {node["name"] for node in nodes if node["resource_type"] == "test"}


def test_the_schedule_asks_once_a_day_at_half_past_three_in_london(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 3 * * *", "Europe/London")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


@pytest.mark.parametrize("first_day", [date(2026, 3, 28), date(2026, 10, 24)], ids=["an hour less", "an hour more"])
def test_the_schedule_asks_once_a_day_also_when_the_clocks_change(definitions: dg.Definitions, first_day: date) -> None:
    """F-D23: the times are those that Dagster's daemon reckons; half past one is not there, or twice."""
    schedule = definitions.resolve_schedule_def("nightly")
    start = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC).timestamp()
    asked = schedule_execution_time_iterator(start, schedule.cron_schedule, schedule.execution_timezone)
    assert [moment.replace(tzinfo=None) for moment in itertools.islice(asked, 4)] == [
        datetime.combine(first_day + timedelta(days=days), time(3, 30)) for days in range(4)
    ]


def test_the_grid_has_a_cell_for_each_directorate_and_period_that_has_ended(definitions: dg.Definitions) -> None:
    cells = definitions.resolve_asset_graph().get(GRID).partitions_def
    assert cells is not None
    ended = ended_periods(read_reference(bundled_reference()), date(2021, 10, 31))
    assert ended == ["2021-22 P06", "2021-22 P07"]
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(PERIOD, ended)
        keys = cells.get_partition_keys(dynamic_partitions_store=instance)
    assert sorted(keys) == [f"{code}|{period}" for code in ("AH", "CH", "CO", "PL") for period in ended]


def test_a_table_is_built_with_all_others_or_not_at_all(definitions: dg.Definitions, settings: Settings) -> None:
    graph = definitions.resolve_asset_graph()
    manifest = parsed.parse(settings.home.candidate)
    for table in published_tables(manifest):
        together = graph.get(dg.AssetKey([table.schema, table.name])).execution_set_asset_keys
        assert together >= {dg.AssetKey([other.schema, other.name]) for other in published_tables(manifest)}


@pytest.mark.parametrize("job", ["nightly_load", "receive_returns"])
def test_a_run_cannot_be_pointed_at_another_home(job: str, definitions: dg.Definitions) -> None:
    """Decision 0021: who may start a run may not choose what it works on."""
    elsewhere = {"resources": {"warehouse": {"config": {"home": "/srv/elsewhere", "reference": "/srv/lists"}}}}
    resolved = definitions.resolve_job_def(job)
    with pytest.raises(dg.DagsterInvalidConfigError):
        dg.validate_run_config(resolved, elsewhere)
    assert dg.validate_run_config(resolved, {})


def test_every_asset_says_who_answers_for_it_and_every_check_what_it_asserts(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    assert [key for key in graph.get_all_asset_keys() if not graph.get(key).owners] == []
    assert [key for key in graph.asset_check_keys if not graph.get_check_spec(key).description] == []


def test_every_asset_leads_to_its_code_and_every_table_to_its_sql(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    files = {
        key: {Path(each.file_path).suffix for each in _code_of(graph.get(key).metadata)}
        for key in graph.get_all_asset_keys()
    }
    tables = graph.get(dg.AssetKey(["marts", "fct_savings_position"])).execution_set_asset_keys
    assert {key for key, suffixes in files.items() if ".py" not in suffixes} == set()
    assert {key for key, suffixes in files.items() if ".sql" in suffixes} == tables


def _code_of(metadata: Mapping[str, object]) -> list[dg.LocalFileCodeReference]:
    """Return the files that metadata name, all of which are there."""
    named = metadata["dagster/code_references"]
    assert isinstance(named, dg.CodeReferencesMetadataValue)
    files = [each for each in named.code_references if isinstance(each, dg.LocalFileCodeReference)]
    assert all(Path(each.file_path).is_file() for each in files)
    return files


@pytest.mark.parametrize("module", ["os.environ", "os.getenv"])
def test_nothing_but_the_settings_and_the_start_of_spark_reads_the_environment(module: str) -> None:
    readers = {
        path.relative_to(PROJECT).as_posix()
        for room in ROOMS
        for path in (PROJECT / room).rglob("*.py")
        if module in path.read_text("utf-8")
    }
    # Spark is told there alone what its Java may take, unless its own files say so, and where its server is.
    assert readers <= {"orchestration/settings.py", "dbt_project/spark_session.py"}
