"""The candidate: the scratch warehouse of one build; how it is created, and how it is read.

Here belong the settings under which DuckDB may touch the candidate (dbt's own are in
``profiles.yml``) and the writing of Arrow tables into schemas ``raw`` and ``reference``. Not here:
where those tables come from (``load_raw``) and what is built upon them (``run_dbt``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources import home as layout

Tables = Mapping[str, pa.Table]

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    # With these two a build of many lines takes a third of the memory that it takes without.
    "memory_limit": "1GB",
    "preserve_insertion_order": False,
    # A second one takes a third to a half more processor time for 10,000 and for 100,000 lines, and is no sooner done.
    "threads": 1,
    # What is open on the candidate reaches nothing else: no file, no network, no extension.
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_unsigned_extensions": False,
    "python_enable_replacements": False,
}


def wal_of(candidate: Path) -> Path:
    """Return where the candidate's write-ahead log is while somebody writes it."""
    return candidate.with_name(f"{candidate.name}.wal")


def read(candidate: Path, *, spills: bool = True) -> duckdb.DuckDBPyConnection:
    """Return a connection that reads the candidate, nothing else, and cannot be talked out of it.

    Args:
        candidate: Where it is; a release's database will do.
        spills: Whether what does not fit into memory may be written to a folder beside the file.

    Raises:
        duckdb.IOException: If there is no candidate, or somebody is writing it.
    """
    where_to_spill: dict[str, str] = {} if spills else {"temp_directory": ""}
    return duckdb.connect(candidate, read_only=True, config={**_SETTINGS, **where_to_spill, "lock_configuration": True})


def change(candidate: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that writes the candidate and nothing else.

    Raises:
        duckdb.IOException: If somebody else has it open.
    """
    return duckdb.connect(candidate, config=_SETTINGS)


def said_of_council(candidate: Path, name: str) -> str:
    """Return a setting such as the code that every natural key begins with; empty where the folder does not say."""
    with read(candidate) as connection:
        row = connection.execute(
            "select value from reference.setting where name = ? and known_to_at is null", [name]
        ).fetchone()
    return str(row[0]) if row else ""


def create(candidate: Path, raw: Tables, reference: Tables) -> dict[str, int]:
    """Create the candidate anew with these tables, in one transaction; what was there is thrown away.

    Args:
        candidate: Where.
        raw: One table for each of ``RAW_TABLES``.
        reference: One table for each of ``REFERENCE_TABLES``.

    Returns:
        Rows by ``raw.<table>`` and ``reference.<table>``.

    Raises:
        ValueError: If a table is missing, unknown, or not of its schema.
    """
    _compare_with_contract("raw", RAW_TABLES, raw)
    _compare_with_contract("reference", REFERENCE_TABLES, reference)
    candidate.parent.mkdir(parents=True, exist_ok=True)
    layout.discard(candidate)
    layout.discard(wal_of(candidate))
    with change(candidate) as connection:
        connection.begin()
        counts = _write(connection, "raw", raw) | _write(connection, "reference", reference)
        connection.commit()
    return counts


def to_table(schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return rows, each with a value for every column, as a table of that schema.

    Raises:
        ValueError: If a row's columns are not the schema's, or a value that may not be null is.
        pyarrow.ArrowInvalid: If a value does not fit its column exactly; nothing is rounded here.
    """
    rows = [dict(row) for row in rows]
    for row in rows:
        if row.keys() != set(schema.names):
            raise ValueError(f"columns are not those of the schema: {sorted(row.keys() ^ set(schema.names))}")
    table = pa.Table.from_pylist(rows, schema=schema)
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise ValueError(f"{field.name} is null in {table[field.name].null_count} of {len(table)} rows")
    return table


def _write(connection: duckdb.DuckDBPyConnection, schema: str, tables: Tables) -> dict[str, int]:
    connection.execute(f"create schema {schema}")
    for name, table in tables.items():
        connection.from_arrow(table).create(f"{schema}.{name}")
    return {f"{schema}.{name}": len(table) for name, table in tables.items()}


def _compare_with_contract(schema: str, contract: Mapping[str, pa.Schema], tables: Tables) -> None:
    if tables.keys() != contract.keys():
        raise ValueError(f"schema {schema} is not its tables; differing: {sorted(tables.keys() ^ contract.keys())}")
    for name, table in tables.items():
        if not table.schema.equals(contract[name]):
            raise ValueError(f"{schema}.{name} is not of its schema: {table.schema}")
