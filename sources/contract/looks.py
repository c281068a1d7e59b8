"""What the workbook looks like: colours, widths, wrapping, print set-up.

Here belongs every colour and width, so that the sheets look alike. Not here: what is on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from sources.template.declaration import Column, Kind, OwnColumn

FONT: dict[str, Any] = {"font_name": "Arial", "font_size": 10}

_BLUE, _GREY, _PALE, _INPUT, _RED, _RED_FILL, _LINE = (
    "#1D70B8",
    "#505A5F",
    "#F3F2F1",
    "#FFF8DB",
    "#942514",
    "#F6D7D2",
    "#D2D2D2",
)

TITLE: dict[str, Any] = {"bold": True, "font_size": 18}
SUBTITLE: dict[str, Any] = {"bold": True, "font_size": 13}
TEXT: dict[str, Any] = {"text_wrap": True}
RULED: dict[str, Any] = {"bottom": 1, "bottom_color": _LINE}
BOLD: dict[str, Any] = {"bold": True, "text_wrap": True}
HINT: dict[str, Any] = {"font_color": _GREY, "text_wrap": True}
LINK: dict[str, Any] = {"font_color": _BLUE, "underline": 1}
HEADER: dict[str, Any] = {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": _BLUE,
    "text_wrap": True,
    "border": 1,
    "border_color": _LINE,
}
OWN_HEADER: dict[str, Any] = {**HEADER, "bg_color": _GREY}
INPUT: dict[str, Any] = {"bg_color": _INPUT, "border": 1, "border_color": _LINE, "locked": False}
# Of an earlier period, to be looked at again.
CARRIED: dict[str, Any] = {"italic": True, "font_color": _GREY}
OWN: dict[str, Any] = {"bg_color": _PALE, "border": 1, "border_color": _LINE}
TO_CORRECT: dict[str, Any] = {**OWN, "font_color": _RED, "text_wrap": True}
# How a cell turns where something has to be corrected, whatever its fill was.
OFFENDING: dict[str, Any] = {"bg_color": _RED_FILL, "font_color": _RED, "bold": True}

# Of the tabs: where to begin, what has to be filled in, what may be, what only explains.
START_TAB, NEEDED_TAB, OTHER_TAB, GUIDANCE_TAB = _BLUE, "#FFDD00", _INPUT, _GREY

# As high as two sentences in the column "To correct" need; Excel does not make room for formulas.
LINE_HEIGHT = 58
# Of a row that is still to be filled in, so that more of them fit on a page.
SPARE_HEIGHT = 30
# The button of the filter lies below a heading.
FILTER_HEIGHT = 16
TITLE_HEIGHT = 30
ROW_HEIGHT = 20

_WRAPPED = frozenset({Kind.TEXT, Kind.NARRATIVE, Kind.LIST, Kind.REF_LIST})
# In characters of the font above; the longest word of each list and heading fits (a test asks).
_WIDTHS = {
    Kind.TEXT: 24,
    Kind.NARRATIVE: 34,
    Kind.REF: 11,
    Kind.REF_LIST: 15,
    Kind.LIST: 15,
    Kind.YEAR: 10,
    Kind.YEAR_OR_MULTIPLE: 10,
    Kind.DATE: 11,
    Kind.MONEY: 13,
    Kind.MONEY_OR_NA: 13,
    Kind.INTEGER: 11,
    Kind.BOOLEAN: 10,
}
# Where a column needs less than its kind, or more.
_WIDTHS_BY_NAME = {
    "to_correct": 32,
    "explanation_needed": 13,
    "saving_title": 24,
    "service": 11,
    "benefit_type": 14,
    "cashable": 14,
    "undeliverable_gbp": 14,
    "rag": 9,
    "recurrence": 12,
    "decision_ref": 16,
    "notes": 30,
    "directorate_code": 13,
    "to_directorate": 13,
}
_OWN_WIDTH = 13


def width(column: Column | OwnColumn) -> int:
    """Return how wide a column is, in characters."""
    kind_width = _OWN_WIDTH if isinstance(column, OwnColumn) else _WIDTHS[column.kind]
    return _WIDTHS_BY_NAME.get(column.name, kind_width)


def is_wrapped(column: Column) -> bool:
    """Return whether a column's cells go on on a second line."""
    return column.kind in _WRAPPED


# Of landscape A4, in inches; Excel draws 96 pixels per inch, 7 per unit of width and 5 around each column.
_SIDE_MARGIN, _PAGE_WIDTH = 0.3, 11.69
_PIXELS, _UNIT, _AROUND = 96, 7, 5
# Programs and printers differ by a little, and a column too many would be a page of its own.
_SPARE = 0.96


def set_up_print(sheet: Worksheet, sent_by: str, header_row: int, pages_high: int) -> None:
    """Have a sheet print on landscape A4, one page wide, with its headings and what it is on every page.

    Args:
        sheet: The sheet.
        sent_by: Directorate and period, for the footer.
        header_row: The last row to repeat, from 0.
        pages_high: On how many pages it has to fit; 0 for as many as it takes.
    """
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, pages_high)
    sheet.set_margins(left=_SIDE_MARGIN, right=_SIDE_MARGIN, top=0.4, bottom=0.6)
    sheet.repeat_rows(0, header_row)
    plain = sent_by.replace("&", "&&")
    sheet.set_footer(f'&L&"Arial"&9{plain}&C&"Arial"&9&A&R&"Arial"&9Page &P of &N')


def print_two_pages_wide(sheet: Worksheet, widths: Sequence[float], second: int) -> None:
    """Have a sheet that is too wide for one page print on two next to each other, the first column on both.

    Args:
        sheet: The sheet.
        widths: Of its columns.
        second: The column that begins the second page, from 0.
    """
    pages = (widths[:second], (widths[0], *widths[second:]))
    widest = max(sum(width * _UNIT + _AROUND for width in page) for page in pages)
    room = (_PAGE_WIDTH - 2 * _SIDE_MARGIN) * _PIXELS * _SPARE
    sheet.set_print_scale(int(100 * room / widest))
    sheet.set_v_pagebreaks([second])
    sheet.repeat_columns(0, 0)
