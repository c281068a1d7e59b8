"""The table sheets: headings, rows, what cells accept, which turn where something is wrong.

Here belongs how a sheet of rows is laid out. Not here: its columns (``template``), what its cells
accept (``limits``) and what is wrong with them (``live_checks``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sources.contract import looks
from sources.contract.book import Book
from sources.contract.cells import NUMBER_FORMATS, TEXT_FORMAT, show_pence, write_formula, write_value
from sources.contract.formulas import LAST_PERIOD, TO_CORRECT, UNEXPLAINED, Row, line_formulas
from sources.contract.heights import height, lines_needed
from sources.contract.limits import sheet_limits
from sources.contract.live_formulas import ROW, to_correct
from sources.contract.places import FIRST_ROW, LAST_ROW, place
from sources.template.declaration import SAVINGS, Column, Kind, OwnColumn, Sheet

# What was planned and what is expected of it is on one page, what becomes of the rest and why on the next.
_SECOND_PAGE_BEGINS = "deferred_gbp"

# Sheet, index of the row among its rows, column.
CarriedCell = tuple[str, int, str]


def write_table(
    book: Book, sheet: Sheet, rows: Sequence[Row], spare_rows: int, carried: Collection[CarriedCell]
) -> None:
    """Write a table sheet: the headings, its rows, and what the empty cells below accept.

    Args:
        book: The workbook.
        sheet: Which sheet.
        rows: Its rows by column.
        spare_rows: How many rows below them have their formulas.
        carried: Cells that say again what an earlier period said.
    """
    page = book.add_sheet(sheet.name, header_row=0, may_sort=not sheet.own_columns)
    page.set_tab_color(looks.NEEDED_TAB if sheet.is_required else looks.OTHER_TAB)
    _write_headings(book, page, sheet)
    for column in sheet.columns:
        _write_limits(book, page, sheet, column)
    for number, row in enumerate(rows, start=FIRST_ROW):
        page.set_row(number - 1, _row_height(sheet, row))
        for column in sheet.columns:
            is_carried = (sheet.name, number - FIRST_ROW, column.name) in carried
            form = _input(book, column, is_carried=is_carried)
            write_value(page, number - 1, place(sheet, column.name), row.get(column.name), form)
    if sheet is SAVINGS:
        _write_own_columns(book, page, rows, spare_rows)


def _write_headings(book: Book, page: Worksheet, sheet: Sheet) -> None:
    # The reference and what to correct stay in sight.
    page.freeze_panes(1, 2 if sheet is SAVINGS else 1)
    counts = (lines_needed(column.heading, looks.width(column), is_bold=True) for column in sheet.layout)
    page.set_row(0, height(counts, least=looks.ROW_HEIGHT) + looks.FILTER_HEIGHT)
    for index, column in enumerate(sheet.layout):
        is_own = isinstance(column, OwnColumn)
        page.write_string(0, index, column.heading, book.format(looks.OWN_HEADER if is_own else looks.HEADER))
        form = _own(book, column) if isinstance(column, OwnColumn) else _input(book, column)
        page.set_column(index, index, looks.width(column), form)
    page.autofilter(0, 0, LAST_ROW - 1, len(sheet.layout) - 1)
    if sheet is SAVINGS:
        looks.print_two_pages_wide(
            page, [looks.width(column) for column in sheet.layout], place(sheet, _SECOND_PAGE_BEGINS)
        )


def _row_height(sheet: Sheet, row: Row) -> float:
    """Return how high a row has to be for its texts, and on the Savings sheet for what to correct."""
    counts = [
        lines_needed(str(row[column.name]), looks.width(column), is_indented=True)
        for column in sheet.columns
        if looks.is_wrapped(column) and row.get(column.name) is not None
    ]
    return height(counts, least=looks.LINE_HEIGHT if sheet is SAVINGS else looks.ROW_HEIGHT)


def _write_limits(book: Book, page: Worksheet, sheet: Sheet, column: Column) -> None:
    cells = (FIRST_ROW - 1, place(sheet, column.name), LAST_ROW - 1, place(sheet, column.name))
    limits = sheet_limits(sheet, column, book.ranges, book.reference, book.directorate)
    if limits:
        page.data_validation(*cells, limits)
    criteria = book.live.offending[sheet.name, column.name]
    offending = book.format(looks.OFFENDING)
    page.conditional_format(*cells, {"type": "formula", "criteria": criteria, "format": offending})
    if column.is_money:
        show_pence(book, page, cells)


def _write_own_columns(book: Book, page: Worksheet, rows: Sequence[Row], spare_rows: int) -> None:
    spare: list[Row] = [{}] * spare_rows
    for number in range(len(rows), len(rows) + spare_rows):
        page.set_row(number + FIRST_ROW - 1, looks.SPARE_HEIGHT)
    formulas = line_formulas(ROW, book.reference)
    formulas[TO_CORRECT] = to_correct(book.live.checks, book.block, book.totals)
    for number, row in enumerate([*rows, *spare], start=FIRST_ROW):
        for own in SAVINGS.own_columns:
            where, form = (number - 1, place(SAVINGS, own.name)), _own(book, own)
            if own.name in LAST_PERIOD:
                write_value(page, *where, row.get(own.name), form)
            else:
                write_formula(page, *where, formulas[own.name].replace(ROW, str(number)), form)
    for own in SAVINGS.own_columns:
        if own.name.endswith("_gbp") or own.name == UNEXPLAINED:
            show_pence(book, page, (FIRST_ROW - 1, place(SAVINGS, own.name), LAST_ROW - 1, place(SAVINGS, own.name)))


def _input(book: Book, column: Column, *, is_carried: bool = False) -> Format:
    number_format = NUMBER_FORMATS.get(column.kind, TEXT_FORMAT)
    return book.format(
        looks.INPUT,
        num_format=number_format,
        text_wrap=looks.is_wrapped(column),
        **_indent(column),
        **(looks.CARRIED if is_carried else {}),
    )


def _indent(column: Column) -> dict[str, object]:
    """Text keeps away from the amount before it; without being told to be on the left it does not."""
    return {} if column.kind in NUMBER_FORMATS else {"align": "left", "indent": 1}


def _own(book: Book, column: OwnColumn) -> Format:
    if column.name == TO_CORRECT:
        return book.format(looks.TO_CORRECT)
    return book.format(looks.OWN, num_format=NUMBER_FORMATS[Kind.MONEY])
