"""Dagster's event store with connections that are kept: a night writes near two thousand events.

Here belongs that one change to Dagster's own class, named in ``dagster.yaml``: files and tables are
as it makes them, and its class still reads them. It leans on ``_connect``, ``_initdb``, ``_db_lock``,
``_initialized_dbs`` and ``_has_asset_key_col_on_connection`` of ``SqliteEventLogStorage``; a test says so of
the version installed. Not here: how long records are kept (``instance``).
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import StaticPool

# The index and the runs that somebody looks at; each is a file, kept open.
MOST_KEPT = 4


class KeptConnections(SqliteEventLogStorage):
    """Dagster's store of events in SQLite, one file per run, that opens each file once.

    Dagster's own opens, syncs and closes a file two or three times per event. Here a file stays open
    and is synced when SQLite moves its log into it (``synchronous = NORMAL``): a power cut can lose
    the last events of a run, and damages nothing. What must not be lost is in the ledger.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the store in a folder, as Dagster's own does."""
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._tables: set[str] = set()
        self._columns: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(  # type: ignore[override]  # as Dagster's own narrows it
        cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig
    ) -> KeptConnections:
        """Return the store that ``dagster.yaml`` describes; Dagster's own would return its own class."""
        return cls(inst_data=inst_data, **config_value)

    def has_table(self, table_name: str) -> bool:
        """Return whether the index has a table; asked for most events, and a table that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        """Return whether the table of assets has a column: asked for each event of an asset, by describing it all."""
        if column_name not in self._columns and super()._has_asset_key_col_on_connection(conn, column_name):
            self._columns.add(column_name)
        return column_name in self._columns

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            with self._engine(shard).begin() as connection:
                before = _changes(connection)
                yield connection
                is_changed = _changes(connection) != before
            if is_changed:
                # Pages that show a run live watch the file; what SQLite writes beside it they do not see.
                os.utime(self.path_for_shard(shard))

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            self._engines[shard] = self._opened(shard)
            if len(self._engines) > MOST_KEPT:
                self._engines.popitem(last=False)[1].dispose()
        self._engines.move_to_end(shard)
        return self._engines[shard]

    def _opened(self, shard: str) -> Engine:
        # One connection for all threads: whoever has it holds the lock.
        arguments = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
        engine = create_engine(self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args=arguments)
        event.listen(engine, "connect", _sync_less)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def dispose(self) -> None:
        """Close every file."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()


def _changes(connection: Connection) -> int:
    return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]  # SQLite's has it


def _sync_less(connection: DBAPIConnection, _: object) -> None:
    connection.cursor().execute("PRAGMA synchronous = NORMAL")
