"""Dagster's event store keeps its connections, and its files are Dagster's own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy.pool import Pool

from orchestration.event_store import MOST_KEPT, KeptConnections
from orchestration.instance import prepare
from sources.home import Home

ROWS = 25


@dg.asset
def table() -> Iterator[dg.AssetMaterialization | dg.Output[None]]:
    """Many events of a run."""
    for number in range(ROWS):
        yield dg.AssetMaterialization("table", metadata={"number": number})
    yield dg.Output(None)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    home = Home.at(tmp_path / "a home: with # and 'quotes'")
    home.create()
    with dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        yield instance


def _opened_files() -> tuple[Counter[str], object]:
    opened: Counter[str] = Counter()

    def count(connection: sqlalchemy.engine.interfaces.DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA database_list")
        for *_rest, file in cursor.fetchall():
            opened[Path(file).stem] += 1

    sqlalchemy.event.listen(Pool, "connect", count)
    return opened, count


def test_a_table_that_is_there_is_asked_for_once_and_one_that_is_not_again(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    """What ``KeptConnections`` overrides: Dagster asks for most events."""
    asked: list[str] = []
    has_table = SqliteEventLogStorage.has_table

    def count(store: SqliteEventLogStorage, name: str) -> bool:
        asked.append(name)
        return bool(has_table(store, name))

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", count)
    store = instance.event_log_storage
    assert isinstance(store, KeptConnections)
    store._tables.clear()
    told = [store.has_table(name) for name in ("asset_keys", "asset_keys", "no_such", "no_such")]
    assert told == [True, True, False, False]
    assert asked == ["asset_keys", "no_such", "no_such"]


def test_a_column_that_is_there_is_asked_for_once(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch):
    """What ``KeptConnections`` overrides: Dagster asks for each event of an asset, and describes the whole table."""
    asked: list[str] = []
    has_column = SqliteEventLogStorage._has_asset_key_col_on_connection

    def count(store: SqliteEventLogStorage, connection: sqlalchemy.Connection, name: str) -> bool:
        asked.append(name)
        return bool(has_column(store, connection, name))

    monkeypatch.setattr(SqliteEventLogStorage, "_has_asset_key_col_on_connection", count)
    dg.materialize([table], instance=instance)
    assert asked == ["last_materialization_timestamp"]


def test_a_run_opens_its_file_and_the_index_once(instance: dg.DagsterInstance):
    opened, count = _opened_files()
    try:
        run = dg.materialize([table], instance=instance)
    finally:
        sqlalchemy.event.remove(Pool, "connect", count)
    assert isinstance(instance.event_log_storage, KeptConnections)
    assert opened[run.run_id] == 1
    assert opened["index"] <= 2  # Dagster makes the index's tables through a connection of its own


def test_dagsters_own_store_reads_what_is_kept(instance: dg.DagsterInstance):
    run = dg.materialize([table], instance=instance)
    written = instance.all_logs(run.run_id)
    instance.event_log_storage.dispose()
    own = SqliteEventLogStorage(str(Path(instance.root_directory) / "history" / "runs"))
    own.register_instance(instance)
    assert own.get_logs_for_run(run.run_id) == written
    assert len(written) > ROWS


def test_who_watches_a_run_sees_its_events_while_the_file_is_still_open(instance: dg.DagsterInstance):
    begun = instance.create_run_for_job(dg.GraphDefinition("night").to_job())
    seen, heard = threading.Event(), []

    def hear(entry: dg.EventLogEntry, _: str) -> None:
        heard.append(entry.message)
        seen.set()

    with dg.DagsterInstance.from_config(instance.root_directory) as pages:
        pages.watch_event_logs(begun.run_id, None, hear)
        instance.report_engine_event("begins", begun)
        assert seen.wait(timeout=60)
    assert heard == ["begins"]


def test_no_more_files_are_kept_open_than_a_page_needs(instance: dg.DagsterInstance):
    runs = [dg.materialize([table], instance=instance).run_id for _ in range(MOST_KEPT + 2)]
    counts = [len(instance.all_logs(run)) for run in runs]
    store = instance.event_log_storage
    assert isinstance(store, KeptConnections)
    assert len(store._engines) == MOST_KEPT
    assert len(set(counts)) == 1


@pytest.mark.parametrize("name", ["_connect", "_initdb", "from_config_value", "dispose"])
def test_the_version_installed_has_what_the_store_leans_on(name: str):
    assert name in vars(SqliteEventLogStorage)


def test_the_version_installed_opens_a_connection_per_event_so_that_the_store_is_still_needed(tmp_path: Path):
    opened, count = _opened_files()
    try:
        with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
            run = dg.materialize([table], instance=instance)
    finally:
        sqlalchemy.event.remove(Pool, "connect", count)
    assert opened[run.run_id] > ROWS
