"""What a release changes against the one before it, for machines: ``changes.json``.

Here belongs the record: version, tables and columns that came or went, rows, and which pounds moved why. Not here: how
movements are found (``difference``), and the same for people (``site.pages.changes``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from publishing import reader
from publishing.database import SCHEMA
from publishing.plain_text import as_text
from publishing.release_tables import Compared

CHANGES = "changes.json"
_Columns = Mapping[str, Mapping[str, str]]


def write_changes(
    release: Path, release_id: str, version: str, before: Path | None, compared: Iterable[Compared]
) -> None:
    """Write ``changes.json`` into a release's folder.

    Args:
        release: The folder, with its database already written.
        release_id: The release.
        version: Its version.
        before: The release that readers have until now; None for the first.
        compared: The earlier releases that it is compared with.
    """
    moved = [movement for earlier in compared if earlier.report_code is None for movement in earlier.movements]
    document = {
        "release_id": release_id,
        "version": version,
        "compared_with": before.name if before else None,
        **_tables(release, before),
        "movements": [{name: _as_json(value) for name, value in movement.items()} for movement in moved],
    }
    (release / CHANGES).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _tables(release: Path, before: Path | None) -> dict[str, Any]:
    columns, rows = _of(release)
    columns_before, rows_before = _of(before) if before else ({}, {})
    both = sorted(columns.keys() & columns_before.keys())
    return {
        "tables_added": sorted(columns.keys() - columns_before.keys()) if before else [],
        "tables_removed": sorted(columns_before.keys() - columns.keys()),
        "columns_added": [
            f"{table}.{name}" for table in both for name in columns[table] if name not in columns_before[table]
        ],
        "columns_removed": [
            f"{table}.{name}" for table in both for name in columns_before[table] if name not in columns[table]
        ],
        "types_changed": [
            {"column": f"{table}.{name}", "before": columns_before[table][name], "after": kind}
            for table in both
            for name, kind in columns[table].items()
            if columns_before[table].get(name, kind) != kind
        ],
        "rows": {
            table: {"before": rows_before.get(table), "after": count}
            for table, count in sorted(rows.items())
            if rows_before.get(table) != count
        },
    }


def _of(release: Path) -> tuple[_Columns, Mapping[str, int]]:
    """Return the columns of each table with their types, and how many rows it has; nothing of a damaged release."""
    columns: dict[str, dict[str, str]] = {}
    try:
        with reader.connect(release) as connection:
            asked = "select table_name, column_name, data_type from duckdb_columns() where schema_name = ? order by all"
            for table, name, kind in connection.execute(asked, [SCHEMA]).fetchall():
                columns.setdefault(table, {})[name] = kind
            rows = {table: connection.table(f"{SCHEMA}.{table}").count("*").fetchall()[0][0] for table in columns}
    except duckdb.Error:
        return {}, {}
    return columns, rows


def _as_json(value: object) -> object:
    return value if value is None or isinstance(value, bool | int) else as_text(value)
