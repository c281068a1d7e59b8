"""The tables of a release: its DuckDB file, written new, and the same tables as Parquet.

Here belongs copying published tables out of a candidate. Not here: which tables (``dbt_project.
published``), what a release says of itself (``release_tables``), and when to publish (``release``).

The file is written new rather than copied: it holds the public tables only, no view, no ``raw``,
no private model, in the storage format that every DuckDB 1.x client reads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from dbt_project.published import PublishedTable
from publishing.manifest import DATABASE
from publishing.release_tables import ReleaseTable

SCHEMA = "marts"
PARQUET = "parquet"
STORAGE_VERSION = "v1.0.0"

# It has to attach and write files, so external access stays on; nothing else that is not needed.
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "1GB",
    "threads": 1,  # as for the candidate
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "python_enable_replacements": False,
}


class WalLeftError(Exception):
    """A write-ahead log lies beside a database: somebody writes it, or died doing so (F-E03)."""


def refuse_wal(database: Path) -> None:
    """Make sure that a database is closed and whole in its one file.

    Raises:
        WalLeftError: If a ``.wal`` lies beside it.
    """
    wal = database.with_name(f"{database.name}.wal")
    if wal.exists():
        raise WalLeftError(f"{wal.name} lies beside {database.name}: it was not closed. Load again.")


def write_tables(
    folder: Path, candidate: Path, tables: Sequence[PublishedTable], release_tables: Mapping[ReleaseTable, pa.Table]
) -> None:
    """Write ``savings.duckdb`` and ``parquet/`` into a release's folder.

    Args:
        folder: The release's folder.
        candidate: Where the published tables come from; only read.
        tables: The published tables.
        release_tables: What the release says of itself.

    Raises:
        duckdb.Error: If a table cannot be read or written (a full disk among others).
        WalLeftError: If the new file is not whole.
    """
    (folder / PARQUET).mkdir()
    with (
        connect(folder) as connection,
        attached(connection, candidate, "candidate"),
        new_database(connection, folder / DATABASE),
    ):
        # At once: on its own, each table and each comment on a column would wait for the disk.
        connection.begin()
        connection.execute(f"create schema release.{SCHEMA}")
        for table in tables:
            _copy_table(connection, table)
        for declared, rows in release_tables.items():
            write_release_table(connection, declared, rows)
        connection.commit()
        written: list[PublishedTable | ReleaseTable] = [*tables, *release_tables]
        for each in written:
            write_parquet(connection, each.name, order_of(each), folder / PARQUET / f"{each.name}.parquet")
    refuse_wal(folder / DATABASE)


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that writes a release: what does not fit into memory goes beside it, into its folder."""
    return duckdb.connect(config={**SETTINGS, "temp_directory": str(folder / ".spill")})


@contextlib.contextmanager
def attached(connection: duckdb.DuckDBPyConnection, database: Path, name: str) -> Iterator[None]:
    """Let a connection read a database under a name."""
    connection.execute(f"attach {_text(database)} as {name} (read_only)")
    yield
    connection.execute(f"detach {name}")


@contextlib.contextmanager
def new_database(connection: duckdb.DuckDBPyConnection, database: Path) -> Iterator[None]:
    """Let a connection write a release's database, under the name ``release``."""
    connection.execute(f"attach {_text(database)} as release (storage_version '{STORAGE_VERSION}')")
    yield
    # Detaching is what writes the log into the file.
    connection.execute("detach release")


def _copy_table(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    target = f"release.{SCHEMA}.{table.name}"
    columns = ", ".join(column.name for column in table.columns)
    connection.execute(f"create table {target} as select {columns} from candidate.{table.schema}.{table.name}")  # noqa: S608 - names under contract
    describe(connection, target, table.description, {c.name: c.description for c in table.columns})


def write_release_table(connection: duckdb.DuckDBPyConnection, declared: ReleaseTable, rows: pa.Table) -> None:
    """Write a table of what a release says of itself."""
    target = f"release.{SCHEMA}.{declared.name}"
    connection.register("arriving", rows)
    connection.execute(f"create table {target} as select * from arriving")  # noqa: S608 - names under contract
    connection.unregister("arriving")
    describe(connection, target, declared.description, {c.name: c.description for c in declared.columns})


def describe(connection: duckdb.DuckDBPyConnection, target: str, table: str, columns: Mapping[str, str]) -> None:
    """Say in the database what a table and its columns are."""
    connection.execute(f"comment on table {target} is {_text(table)}")
    for name, description in columns.items():
        connection.execute(f"comment on column {target}.{name} is {_text(description)}")


def order_of(table: PublishedTable | ReleaseTable) -> str:
    """Return how the rows of a table are ordered wherever they are written as files: by key, else by all columns."""
    key = table.key if isinstance(table, PublishedTable) else ()
    return ", ".join(key or (column.name for column in table.columns))


def write_parquet(connection: duckdb.DuckDBPyConnection, name: str, order: str, path: Path) -> None:
    """Write a table of a release as Parquet."""
    rows = f"from release.{SCHEMA}.{name} order by {order}"
    connection.execute(f"copy ({rows}) to {_text(path)} (format parquet, compression zstd)")


def _text(value: Path | str) -> str:
    """Return a literal of SQL; neither ATTACH, COPY nor COMMENT takes a parameter."""
    return "'" + str(value).replace("'", "''") + "'"
