"""Cells of a workbook of the template, found by sheet, column and row as openpyxl reads them.

Here belongs the way from a name of the declaration to a cell, so that no test has to know addresses.
Not here: returns in memory (``returns``), and changing a workbook (``edited_returns``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sources.template.declaration import RETURN_FIELDS, RETURN_SHEET, heading, sheet_named

FIRST_ROW = 2


def column_number(book: Any, sheet: str, name: str) -> int:
    """Return the number of a column, found by its heading; A is 1."""
    (number,) = [cell.column for cell in book[sheet][1] if cell.value == heading(sheet, name)]
    return int(number)


def cell_of(book: Any, sheet: str, name: str, row: int = FIRST_ROW) -> Any:
    """Return a column's cell in a row; on the Return sheet the value of a label."""
    if sheet == RETURN_SHEET:
        (row,) = [cell.row for cell in book[sheet]["A"] if cell.value == heading(sheet, name)]
        return book[sheet].cell(row, 2)
    return book[sheet].cell(row, column_number(book, sheet, name))


def rows_of(book: Any, sheet: str) -> Iterator[dict[str, Any]]:
    """Yield the values of each row that has any in its first column, by name, the template's own columns included."""
    by_heading = {column.heading: column.name for column in sheet_named(sheet).layout}
    header, *rows = book[sheet].iter_rows(values_only=True)
    names = [by_heading[str(label)] for label in header]
    return (dict(zip(names, row, strict=True)) for row in rows if row[0] is not None)


def fields_of(book: Any) -> dict[str, Any]:
    """Return the values of the Return sheet by label."""
    return {field.name: cell_of(book, RETURN_SHEET, field.name).value for field in RETURN_FIELDS}
