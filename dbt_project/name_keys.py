"""Names with the key by which they are compared (check D56), so that no SQL compares names by rules of its own.

Here belongs which columns have a key, and adding it to rows that are loaded. Not here: the key itself
(``sources.grammar.names``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from sources.grammar.values import normalise_name

# By table, the column of a name that is compared; its key is the last column of what was read.
NAMES: Mapping[str, str] = {"project": "project_name", "printed_project": "project_name"}


def key_column(table: str) -> str | None:
    """Return the name of a table's column of keys; None where none of its names is compared."""
    return f"{NAMES[table]}_key" if table in NAMES else None


def with_key_field(table: str, schema: pa.Schema) -> pa.Schema:
    """Return a table's schema with the column of keys, where it has one."""
    column = key_column(table)
    return schema.append(pa.field(column, pa.string())) if column else schema


def with_key(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table's row with the key of its name."""
    column = key_column(table)
    return {**row, column: _key(row[NAMES[table]])} if column else dict(row)


def with_keys(table: str, rows: pa.Table) -> pa.Table:
    """Return a table's rows with the keys of their names."""
    column = key_column(table)
    if column is None:
        return rows
    keys = [_key(name) for name in rows.column(NAMES[table]).to_pylist()]
    return rows.append_column(pa.field(column, pa.string()), pa.array(keys, pa.string()))


def _key(name: str | None) -> str | None:
    return None if name is None else normalise_name(name)
