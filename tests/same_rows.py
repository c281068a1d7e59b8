"""What one database has and another lacks, table by table, row for row.

Here belongs the comparison of two databases that are attached. Not here: what the rows should be (``history_facts``,
``council_totals``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb


def differing(
    connection: duckdb.DuckDBPyConnection, sides: tuple[str, str], tables: Iterable[str]
) -> dict[str, list[Any]]:
    """Return up to three rows of each table that one side has and the other lacks; nothing where all are equal.

    Args:
        connection: Has both sides attached.
        sides: Their names.
        tables: With their schemas.
    """
    found = {}
    for table in tables:
        for one, other in (sides, sides[::-1]):
            sql = f"from {one}.{table} except all from {other}.{table} limit 3"
            if rows := connection.execute(sql).fetchall():
                found[f"{table} of {one} alone"] = rows
    return found
