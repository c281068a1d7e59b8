"""Where a column's cells lie in the workbook.

Here belongs what formulas, lists and limits need to point at cells. Not here: what they say of them
(``live_checks``), and the order of the columns (``template``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from xlsxwriter.utility import xl_col_to_name

from sources.template.declaration import FIRST_FIELD_ROW, RETURN_FIELDS, RETURN_SHEET, Sheet, sheet_named

# Rows that totals, lists, limits and checks reach to; row 1 is the header.
FIRST_ROW = 2
LAST_ROW = 1001


@cache
def _places(sheet: str) -> Mapping[str, int]:
    return {column.name: number for number, column in enumerate(sheet_named(sheet).layout)}


@cache
def _letters(sheet: str) -> Mapping[str, str]:
    return {name: str(xl_col_to_name(number)) for name, number in _places(sheet).items()}


def place(sheet: Sheet, column: str) -> int:
    """Return where in the workbook's order a column is, from 0."""
    return _places(sheet.name)[column]


def letter(sheet: Sheet, column: str) -> str:
    """Return the letter of a column, the template's own ones included."""
    return _letters(sheet.name)[column]


def cell_in_row(sheet: Sheet, column: str, row: int | str) -> str:
    """Return a column's cell in a row, as ``$M2``; of a row still to be filled in, with its mark."""
    return f"${letter(sheet, column)}{row}"


def column_range(sheet: Sheet, column: str) -> str:
    """Return the cells of a column that formulas reach to, as ``Savings!$A$2:$A$1001``."""
    name = letter(sheet, column)
    return f"{sheet.name}!${name}${FIRST_ROW}:${name}${LAST_ROW}"


def field_row(name: str) -> int:
    """Return the row of a label on the Return sheet, as Excel shows it."""
    return FIRST_FIELD_ROW + [field.name for field in RETURN_FIELDS].index(name)


def field_cell(name: str) -> str:
    """Return the cell of a label's value, as ``Return!$B$7``."""
    return f"{RETURN_SHEET}!$B${field_row(name)}"
