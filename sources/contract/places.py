"""Where a column's cells lie in the workbook.

Here belongs what formulas, lists and limits need to point at cells. Not here: what they say of them.
"""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from sources.template.declaration import Sheet

# Rows that totals, lists, limits and checks reach to; row 1 is the header.
FIRST_ROW = 2
LAST_ROW = 1001


def letter(sheet: Sheet, column: str) -> str:
    """Return the letter of a column, the template's own ones included."""
    names = [*(each.name for each in sheet.columns), *sheet.own_columns]
    return str(xl_col_to_name(names.index(column)))


def cell_in_row(sheet: Sheet, column: str, row: int) -> str:
    """Return a column's cell in a row, as ``$M2``."""
    return f"${letter(sheet, column)}{row}"


def column_range(sheet: Sheet, column: str) -> str:
    """Return the cells of a column that formulas reach to, as ``Savings!$A$2:$A$1001``."""
    name = letter(sheet, column)
    return f"{sheet.name}!${name}${FIRST_ROW}:${name}${LAST_ROW}"
