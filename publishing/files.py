"""The tables of a release as CSV files, with what describes them for machines (Data Package, CSVW).

Here belongs writing ``csv/``, ``datapackage.json`` and ``csv-metadata.json`` from a release's database. Not
here: Parquet (``database``), how a value is written as text (``plain_text``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from dbt_project.published import CONTRACT, PublishedTable
from publishing import reader
from publishing.database import SCHEMA, order_of
from publishing.plain_text import as_csv, csv_record
from publishing.release_tables import RELEASE_TABLES, ReleaseTable

CSV = "csv"
PACKAGE, CSVW = "datapackage.json", "csv-metadata.json"
_ROWS_AT_ONCE = 10_000
# By SQL type: the types of Table Schema and of CSVW.
_TYPES = {
    "varchar": ("string", "string"),
    "boolean": ("boolean", "boolean"),
    "integer": ("integer", "integer"),
    "bigint": ("integer", "integer"),
    "decimal": ("number", "decimal"),
    "date": ("date", "date"),
    "timestamp": ("datetime", "dateTime"),
}
Described = PublishedTable | ReleaseTable


def write_files(release: Path, tables: Sequence[PublishedTable]) -> None:
    """Write each table as CSV, and the two descriptions of all.

    Args:
        release: The release's folder, with its database already written.
        tables: The published tables; those that publishing itself writes come in addition.
    """
    (release / CSV).mkdir()
    described: list[Described] = sorted([*tables, *RELEASE_TABLES], key=lambda table: table.name)
    with reader.connect(release) as connection:
        for table in described:
            columns = [column.name for column in table.columns]
            write_csv(connection, f"{SCHEMA}.{table.name}", columns, order_of(table), release / CSV)
        (asked,) = connection.execute(
            "select release_id, data_as_at, council_name from marts.meta_last_refreshed"
        ).fetchall()
    (release / PACKAGE).write_bytes(as_bytes(_package(release, described, *asked)))
    (release / CSVW).write_bytes(as_bytes({"@context": _CSVW, "tables": [_csvw(table) for table in described]}))


def write_csv(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str], order: str, folder: Path
) -> None:
    """Write one table as CSV.

    Args:
        connection: Reads it.
        table: Its name, with that of its schema before it.
        columns: Its columns.
        order: The columns that its rows are sorted by.
        folder: Where the file goes, under the name of the table.
    """
    rows = connection.table(table)
    types = dict(zip(rows.columns, map(str, rows.types), strict=True))
    record = csv_record({column: types[column] for column in columns})
    asked = connection.execute(f"select {record} from {table} order by {order}")  # noqa: S608 - names under contract
    path = folder / f"{table.rpartition('.')[2]}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(as_csv(columns, ()))
        for batch in asked.to_arrow_reader(_ROWS_AT_ONCE):
            stream.writelines(batch.column(0).to_pylist())


def key_of(table: Described) -> tuple[str, ...]:
    """Return the columns that no two rows share; what publishing writes has none."""
    return table.key if isinstance(table, PublishedTable) else ()


def _package(
    release: Path, tables: Sequence[Described], release_id: str, data_as_at: object, council: str | None
) -> dict[str, Any]:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "savings-warehouse",
        "id": release_id,
        "title": f"{council + ': savings' if council else 'Savings warehouse'}, release {release_id}",
        "description": f"Data as at {data_as_at or 'no day: no return is accepted'}. Contract {CONTRACT}. Amounts are "
        "pounds. A text that a spreadsheet would calculate has an apostrophe before it.",
        "resources": [_resource(release, table) for table in tables],
    }


def _resource(release: Path, table: Described) -> dict[str, Any]:
    path = release / CSV / f"{table.name}.csv"
    data = path.read_bytes()
    return {
        "name": table.name,
        "path": f"{CSV}/{path.name}",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "description": on_one_line(table.description),
        "dialect": {"lineTerminator": "\r\n"},
        "schema": table_schema(table),
    }


def table_schema(table: Described) -> dict[str, Any]:
    """Return a table's columns, key and references as Table Schema has them."""
    fields = [
        {
            "name": column.name,
            "type": _TYPES[_base(column.data_type)][0],
            "description": on_one_line(column.description),
            **({"constraints": {"required": True}} if column.is_required else {}),
        }
        for column in table.columns
    ]
    references = [
        {"fields": [name], "reference": {"resource": table_to, "fields": [field]}}
        for name, (table_to, field) in references_of(table).items()
    ]
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if key := key_of(table):
        schema["primaryKey"] = list(key)
    return schema | ({"foreignKeys": references} if references else {})


def references_of(table: Described) -> dict[str, tuple[str, str]]:
    """Return the table and column that the values of a column are found in, by the column."""
    if isinstance(table, ReleaseTable):
        return {}
    return {column.name: column.leads_to for column in table.columns if column.leads_to}


_CSVW = ["http://www.w3.org/ns/csvw", {"@language": "en"}]


def _csvw(table: Described) -> dict[str, Any]:
    columns = [
        {
            "name": column.name,
            "titles": column.name,
            "datatype": _TYPES[_base(column.data_type)][1],
            "required": column.is_required,
            "dc:description": on_one_line(column.description),
        }
        for column in table.columns
    ]
    schema: dict[str, Any] = {"columns": columns}
    if key := key_of(table):
        schema["primaryKey"] = list(key)
    # CSVW knows no reference that may be empty.
    required = {column.name for column in table.columns if column.is_required}
    if references := {name: to for name, to in references_of(table).items() if name in required}:
        schema["foreignKeys"] = [
            {
                "columnReference": name,
                "reference": {"resource": f"{CSV}/{table_to}.csv", "columnReference": field},
            }
            for name, (table_to, field) in references.items()
        ]
    return {
        "url": f"{CSV}/{table.name}.csv",
        "dc:description": on_one_line(table.description),
        "tableSchema": schema,
    }


def _base(data_type: str) -> str:
    return data_type.partition("(")[0]


def on_one_line(text: str) -> str:
    """Return a description as one line."""
    return " ".join(text.split())


def as_bytes(document: dict[str, Any]) -> bytes:
    """Return a description's bytes."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()
