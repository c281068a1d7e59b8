"""From a judged return's rows to the typed lines that are stored.

Here belongs the shape that ``line_files`` stores. Not here: reading (``parsing``) and storing
(``line_files``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sources.lines.line_files import row_hash
from sources.parsing.rows import Row, Table
from sources.template.declaration import SAVINGS

# What a return's control totals state, and its verdict records (ruling E3).
SUMMED = ("baseline_gbp", "achieved_to_date_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")


def sums_of(lines: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """Return what typed Savings lines come to, by column; a blank adds nothing."""
    lines = list(lines)
    return {column: sum((line[column] or Decimal(0) for line in lines), Decimal(0)) for column in SUMMED}


def typed_lines(table: Table) -> list[dict[str, Any]]:
    """Return a sheet's rows with their source, every column, every amount's cell and the row's hash."""
    return [_typed_line(table, row) for row in table]


def _typed_line(table: Table, row: Row) -> dict[str, Any]:
    sheet = table.raw.sheet
    line: dict[str, Any] = {"source_sheet": table.raw.name, "source_row": row.number}
    for column in sheet.columns:
        line[column.name] = row[column.name]
        if column.is_money:
            line[f"{column.name}_cell"] = row.place(column.name).cell or None
    if sheet is SAVINGS:
        line["is_deferred_not_applicable"] = row.is_deferred_not_applicable
    line["row_hash"] = row_hash(sheet, line)
    return line
