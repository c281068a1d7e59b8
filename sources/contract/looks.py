"""What the workbook looks like: colours, widths, wrapping, print set-up.

Here belongs every colour and width, so that the sheets look alike. Not here: what is on them.
"""

from __future__ import annotations

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

# As high as two sentences in the column "To correct" need; Excel does not make room for formulas.
LINE_HEIGHT = 54
HEADER_HEIGHT = 42
TITLE_HEIGHT = 30
ROW_HEIGHT = 20

_WRAPPED = frozenset({Kind.TEXT, Kind.NARRATIVE, Kind.LIST, Kind.REF_LIST})
# In characters of the font above; the longest word of each list fits (a test asks).
_WIDTHS = {
    Kind.TEXT: 22,
    Kind.NARRATIVE: 32,
    Kind.REF: 11,
    Kind.REF_LIST: 15,
    Kind.LIST: 14,
    Kind.YEAR: 9,
    Kind.YEAR_OR_MULTIPLE: 9,
    Kind.DATE: 11,
    Kind.MONEY: 13,
    Kind.MONEY_OR_NA: 13,
    Kind.INTEGER: 10,
    Kind.BOOLEAN: 9,
}
_OWN_WIDTHS = {"to_correct": 40, "explanation_needed": 12}
_OWN_WIDTH = 13


def width(column: Column | OwnColumn) -> int:
    """Return how wide a column is, in characters."""
    if isinstance(column, OwnColumn):
        return _OWN_WIDTHS.get(column.name, _OWN_WIDTH)
    return _WIDTHS[column.kind]


def is_wrapped(column: Column) -> bool:
    """Return whether a column's cells go on on a second line."""
    return column.kind in _WRAPPED


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
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
    sheet.repeat_rows(0, header_row)
    plain = sent_by.replace("&", "&&")
    sheet.set_footer(f'&L&"Arial"&9{plain}&C&"Arial"&9&A&R&"Arial"&9Page &P of &N')
