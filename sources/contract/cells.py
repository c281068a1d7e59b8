"""How a typed value becomes a cell of the workbook.

Here belongs the one way of writing each type, and how each kind is shown. Not here: which value goes where
(``writer``), and what a cell looks like (``looks``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from sources.contract.formulas import Formula
from sources.contract.paper import Paper
from sources.template.declaration import Kind

NUMBER_FORMATS = {
    Kind.MONEY: "#,##0",
    Kind.MONEY_OR_NA: "#,##0",
    Kind.DATE: "dd/mm/yyyy",
    Kind.INTEGER: "0",
}
TEXT_FORMAT = "@"
# Whole pounds show no pence; where there are any they are never hidden.
_WITH_PENCE = "#,##0.00"


def show_pence(paper: Paper, sheet: Worksheet, cells: tuple[int, int, int, int]) -> None:
    """Have amounts that are not whole pounds show their pence.

    Args:
        paper: The workbook.
        sheet: The sheet.
        cells: First row and column, last row and column, from 0.
    """
    first = xl_rowcol_to_cell(cells[0], cells[1])
    has_pence = f"=AND(ISNUMBER({first}),ROUND(N({first}),0)<>ROUND(N({first}),2))"
    sheet.conditional_format(
        *cells, {"type": "formula", "criteria": has_pence, "format": paper.format(num_format=_WITH_PENCE)}
    )


def write_value(sheet: Worksheet, row: int, column: int, value: object, form: Format) -> None:
    """Write a value as its type says: text is never taken for a formula, a link or a number.

    An empty cell is written with its format all the same: without one it could not be typed into.
    """
    match value:
        case None:
            sheet.write_blank(row, column, None, form)
        case bool():
            sheet.write_string(row, column, "Yes" if value else "No", form)
        case int() | Decimal():
            sheet.write_number(row, column, _number(value), form)
        case date():
            sheet.write_datetime(row, column, value, form)
        case _:
            sheet.write_string(row, column, str(value), form)


def write_total(sheet: Worksheet, row: int, column: int, formula: Formula, form: Format) -> None:
    """Write a formula with the value that it comes to."""
    text, value = formula
    sheet.write_formula(row, column, text, form, _number(value))


def write_formula(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    """Write a formula without a value: Excel and LibreOffice work it out when they open the workbook."""
    sheet.write_formula(row, column, text, form, "")


def write_array(sheet: Worksheet, row: int, column: int, text: str, form: Format) -> None:
    """Write a formula without a value that is worked out for all rows of a sheet at once, in every version of Excel."""
    sheet.write_array_formula(row, column, row, column, text, form, "")


def _number(value: Decimal | int) -> Decimal | int:
    """Return whole pounds without decimals, as Excel itself would save them."""
    return int(value) if value == int(value) else value
