"""The tables of the joined release: those of each council one after another, with its code as their first column.

Here belongs writing them as one DuckDB file, as Parquet and as CSV, with the words, keys and references that the
councils' own have, and proving that nothing was lost or mixed. Not here: which councils are joined
(``councils.standing``).

A key of one council's release is unique with the council's code before it: the calendar's keys (``period_key``) are
the same in all. So keys and references have the code as their first column here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dbt_project.content import Size
from publishing.councils.standing import DIM_COUNCIL, Brought, Standing
from publishing.database import (
    PARQUET,
    SCHEMA,
    attached,
    connect,
    describe,
    new_database,
    refuse_wal,
    write_parquet,
    write_release_table,
)
from publishing.files import CSV, PACKAGE, as_bytes, on_one_line, table_schema, write_csv
from publishing.manifest import DATABASE
from publishing.release import ReleaseDiffersError
from sources.reference.whose import COUNCIL_CODE as COUNCIL

_OF_THE_COUNCIL = "Code of the council that the row is of."
_WORDS = (
    "select table_name, column_name, comment from duckdb_columns() where database_name = 'council' and schema_name = ?",
    "select table_name, comment from duckdb_tables() where database_name = 'council' and schema_name = ?",
)


def write_joined(folder: Path, release_id: str, standings: Sequence[Standing], newest: Brought) -> None:
    """Write ``savings.duckdb``, ``parquet/``, ``csv/`` and ``datapackage.json`` into the folder of a joined release.

    Args:
        folder: The folder.
        release_id: What the joined release will be called.
        standings: Every council.
        newest: The release whose words, keys and references are taken.

    Raises:
        duckdb.Error: If a table cannot be read or written (a full disk among others).
        ReleaseDiffersError: If what was written is not what the councils have published.
    """
    package = json.loads((newest.release / PACKAGE).read_bytes())
    keys = {each["name"]: _with_code(each["schema"].get("primaryKey", [])) for each in package["resources"]}
    brought = [each.brought for each in standings if each.brought]
    for below in (PARQUET, CSV):
        (folder / below).mkdir()
    with connect(folder) as connection, new_database(connection, folder / DATABASE):
        _create(connection, newest)
        for each in brought:
            _append(connection, each, newest.columns)
        write_release_table(connection, DIM_COUNCIL, DIM_COUNCIL.rows([each.row for each in standings]))
        _compare(connection, brought, keys)
        for name in (*newest.columns, DIM_COUNCIL.name):
            columns = _typed(newest.columns[name]) if name in newest.columns else DIM_COUNCIL.schema.names
            order = ", ".join(keys.get(name) or columns)
            write_parquet(connection, name, order, folder / PARQUET / f"{name}.parquet")
            write_csv(connection, f"release.{SCHEMA}.{name}", [*columns], order, folder / CSV)
    refuse_wal(folder / DATABASE)
    (folder / PACKAGE).write_bytes(as_bytes(_package(folder, release_id, package)))


def _create(connection: duckdb.DuckDBPyConnection, newest: Brought) -> None:
    """Make the tables, without rows, with the words of a council's own."""
    with attached(connection, newest.release / DATABASE, "council"):
        columns, tables = (connection.execute(words, [SCHEMA]).fetchall() for words in _WORDS)
        said: dict[str, dict[str, str]] = {}
        for table, column, comment in columns:
            said.setdefault(table, {COUNCIL: _OF_THE_COUNCIL})[column] = comment
        connection.begin()
        connection.execute(f"create schema release.{SCHEMA}")
        for table, comment in sorted(tables):
            typed = ", ".join(f"{name} {kind}" for name, kind in _typed(newest.columns[table]).items())
            connection.execute(f"create table release.{SCHEMA}.{table} ({typed})")
            describe(connection, f"release.{SCHEMA}.{table}", comment, said[table])
        connection.commit()


def _typed(columns: Mapping[str, str]) -> dict[str, str]:
    return {COUNCIL: "VARCHAR"} | dict(columns)


def _append(connection: duckdb.DuckDBPyConnection, brought: Brought, tables: Mapping[str, Mapping[str, str]]) -> None:
    with attached(connection, brought.release / DATABASE, "council"):
        connection.begin()
        for table, columns in tables.items():
            own = ", ".join(name for name in columns if name != COUNCIL)
            rows = f"select ?, {own} from council.{SCHEMA}.{table}"  # noqa: S608 - names under contract
            connection.execute(f"insert into release.{SCHEMA}.{table} ({COUNCIL}, {own}) {rows}", [brought.code])
        connection.commit()


def _compare(
    connection: duckdb.DuckDBPyConnection, brought: Sequence[Brought], keys: Mapping[str, Sequence[str]]
) -> None:
    """Hold what was written to what each council's manifest says: as many rows, the same pounds, each key once."""
    differing = [
        f"{table} of {code}"
        for table, pounds in _hashed(brought).items()
        for code in _not_as_published(brought, table, sizes(connection, f"release.{SCHEMA}.{table}", pounds))
    ]
    differing += [f"the key of {table}" for table, key in keys.items() if key and _is_twice(connection, table, key)]
    if differing:
        raise ReleaseDiffersError(f"What was joined is not what was published: {', '.join(differing)}. Join again.")


def _hashed(brought: Sequence[Brought]) -> dict[str, list[str]]:
    """Return the tables of which manifests say rows and pounds, with the columns of pounds; the same for all."""
    return {table: list(published.pounds) for table, published in brought[0].manifest.tables.items()}


def sizes(
    connection: duckdb.DuckDBPyConnection, table: str, pounds: Sequence[str]
) -> dict[str, tuple[int | Decimal, ...]]:
    """Return by council how many rows a table has and what the amounts in some of its columns come to."""
    sums = ", ".join([COUNCIL, "count(*)", *(f"coalesce(sum({name}), 0)" for name in pounds)])
    asked = f"select {sums} from {table} group by {COUNCIL}"  # noqa: S608 - names under contract
    return {code: tuple(size) for code, *size in connection.execute(asked).fetchall()}


def is_as_published(published: Size, found: tuple[int | Decimal, ...] | None) -> bool:
    """Return whether a council's part of a table has the rows and pounds that its manifest says; None: it has none."""
    said = (published.rows, *published.pounds.values())
    return (found or (0,) * len(said)) == said


def _not_as_published(
    brought: Sequence[Brought], table: str, found: Mapping[str, tuple[int | Decimal, ...]]
) -> Iterator[str]:
    for each in brought:
        if not is_as_published(each.manifest.tables[table], found.get(each.code)):
            yield each.code


def _is_twice(connection: duckdb.DuckDBPyConnection, table: str, key: Sequence[str]) -> bool:
    grouped = f"select 1 from release.{SCHEMA}.{table} group by {', '.join(key)} having count(*) > 1 limit 1"  # noqa: S608 - names under contract
    return connection.execute(grouped).fetchone() is not None


def _package(folder: Path, release_id: str, of_a_council: Mapping[str, Any]) -> dict[str, Any]:
    own = [
        _resource(folder, each["name"], each["description"], _joined_schema(each["schema"]))
        for each in of_a_council["resources"]
    ]
    councils = table_schema(DIM_COUNCIL) | {"primaryKey": ["folder"]}
    return {
        "$schema": of_a_council["$schema"],
        "name": "savings-warehouse-joined",
        "id": release_id,
        "title": f"Savings of several councils, joined release {release_id}",
        "description": f"Each table has the rows of every council that {DIM_COUNCIL.name} calls joined, under the code "
        "of that council. Amounts are pounds.",
        "resources": [*own, _resource(folder, DIM_COUNCIL.name, on_one_line(DIM_COUNCIL.description), councils)],
    }


def _resource(folder: Path, name: str, description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    path = folder / PARQUET / f"{name}.parquet"
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "name": name,
        "path": f"{PARQUET}/{path.name}",
        "type": "table",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256}",
        "description": description,
        "schema": schema,
    }


def _joined_schema(own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table's columns, key and references with the council's code before them."""
    code = {"name": COUNCIL, "type": "string", "description": _OF_THE_COUNCIL, "constraints": {"required": True}}
    schema: dict[str, Any] = {"fields": [code, *(each for each in own["fields"] if each["name"] != COUNCIL)]}
    if key := own.get("primaryKey"):
        schema["primaryKey"] = _with_code(key)
    if references := list(_joined_references(own)):
        schema["foreignKeys"] = references
    return schema


def _joined_references(own: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for each in own.get("foreignKeys", []):
        to = each["reference"]
        yield {
            "fields": _with_code(each["fields"]),
            "reference": {"resource": to["resource"], "fields": _with_code(to["fields"])},
        }


def _with_code(key: Sequence[str]) -> list[str]:
    return [COUNCIL, *key] if key else []
