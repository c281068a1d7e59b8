"""How a typed value becomes a cell of the workbook.

Here belongs the one way of writing each type, and how each kind is shown. Not here: which value goes where
(``writer``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sources.contract.formulas import Formula
from sources.template.declaration import Kind

NUMBER_FORMATS = {
    Kind.MONEY: "#,##0.00",
    Kind.MONEY_OR_NA: "#,##0.00",
    Kind.DATE: "dd/mm/yyyy",
    Kind.INTEGER: "0",
}
TEXT_FORMAT = "@"


def write_value(sheet: Worksheet, row: int, column: int, value: object, form: Format) -> None:
    """Write a value as its type says: text is never taken for a formula, a link or a number."""
    match value:
        case None:
            return
        case bool():
            sheet.write_string(row, column, "Yes" if value else "No", form)
        case int() | Decimal():
            sheet.write_number(row, column, _number(value), form)
        case date():
            sheet.write_datetime(row, column, value, form)
        case _:
            sheet.write_string(row, column, str(value), form)


def write_formula(sheet: Worksheet, row: int, column: int, formula: Formula, form: Format | None = None) -> None:
    """Write a formula with the value that it comes to."""
    text, value = formula
    sheet.write_formula(row, column, text, form, value if isinstance(value, str) else _number(value))


def _number(value: Decimal | int) -> Decimal | int:
    """Return whole pounds without decimals, as Excel itself would save them."""
    return int(value) if value == int(value) else value
