"""The Return sheet: a label, its value and what it means per row.

Here belongs how it is laid out. Not here: its labels (``template``), and the table sheets
(``table_pages``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sources.contract import looks
from sources.contract.book import Book
from sources.contract.cells import NUMBER_FORMATS, TEXT_FORMAT, show_pence, write_formula, write_total, write_value
from sources.contract.formulas import Row, control_totals
from sources.contract.heights import height, lines_needed
from sources.contract.limits import field_limits
from sources.contract.places import field_cell, field_row
from sources.contract.start_page import ALL_WELL
from sources.template.declaration import (
    FIRST_FIELD_ROW,
    FIXED_FIELDS,
    RETURN_FIELDS,
    RETURN_SHEET,
    SIGN_CONVENTION,
    START_SHEET,
    TEMPLATE_VERSION,
    Need,
)

_HEADER = ("", "Fill in", "What it means")
_WIDTHS = (34, 46, 70)


def fields_that_follow(book: Book) -> dict[str, Any]:
    """Return the values of the Return sheet that the officer need not type."""
    return {
        "template_version": TEMPLATE_VERSION,
        "directorate_code": book.directorate,
        "reporting_year": book.year,
        "reporting_period": book.period,
        "as_at_date": book.as_at_date,
        "value_unit": book.reference.vocabulary("value_unit")[0],
        "sign_convention": SIGN_CONVENTION,
        "status": "Provisional",
    }


def write_return(book: Book, fields: Row, lines: Sequence[Row]) -> None:
    """Write the sheet.

    Args:
        book: The workbook.
        fields: Values by label.
        lines: The rows of the Savings sheet, for the control totals.
    """
    sheet = book.add_sheet(RETURN_SHEET, header_row=FIRST_FIELD_ROW - 2, pages_high=1)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(looks.NEEDED_TAB)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, f"Savings return: {book.sent_by}", book.format(looks.TITLE, text_wrap=False))
    sheet.set_default_row(looks.ROW_HEIGHT)
    sheet.set_row(0, looks.TITLE_HEIGHT)
    turns = book.block.cells("turn")
    summary = f'=IF(MAX({turns})=0,"{ALL_WELL}","The {START_SHEET} sheet lists what you still have to correct.")'
    # Not in column A, where labels are looked for.
    write_formula(sheet, 1, 1, summary, book.format(looks.BOLD, text_wrap=False))
    sheet.write_row(FIRST_FIELD_ROW - 2, 0, _HEADER, book.format(looks.HEADER))
    sheet.freeze_panes(FIRST_FIELD_ROW - 1, 0)
    totals = control_totals(lines)
    for field in RETURN_FIELDS:
        row, is_own = field_row(field.name) - 1, field.name in FIXED_FIELDS
        texts = (field.heading, str(fields.get(field.name) or ""), field.guidance)
        counts = (lines_needed(text, width) for text, width in zip(texts, _WIDTHS, strict=True))
        sheet.set_row(row, height(counts, least=looks.ROW_HEIGHT))
        number_format = NUMBER_FORMATS.get(field.kind, TEXT_FORMAT)
        form = book.format(looks.OWN if is_own else looks.INPUT, num_format=number_format, align="left", text_wrap=True)
        sheet.write_string(row, 0, field.heading, book.format(looks.BOLD))
        sheet.write_string(row, 2, field.guidance, book.format(looks.HINT))
        if field.name in totals:
            write_total(sheet, row, 1, totals[field.name], form)
        else:
            write_value(sheet, row, 1, fields.get(field.name), form)
        if field.is_money:
            show_pence(book, sheet, (row, 1, row, 1))
        limits = None if is_own else field_limits(field, book.ranges, book.reference, book.directorate)
        if limits:
            sheet.data_validation(row, 1, row, 1, limits)
        if field.need is Need.ALWAYS and not is_own:
            is_empty = f'=TRIM({field_cell(field.name).partition("!")[2]})=""'
            sheet.conditional_format(
                row,
                1,
                row,
                1,
                {"type": "formula", "criteria": is_empty, "format": book.format(looks.OFFENDING)},
            )
