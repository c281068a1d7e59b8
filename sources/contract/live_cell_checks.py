"""Live checks of a cell by itself, made from the declaration: empty, no amount, negative, no such reference.

Here belong D09, D10, D11, D14 and D17. Not here: checks of a cell beside others
(``live_row_checks``), and what Excel refuses while it is typed (``limits``): that does not
look at what is pasted, which these do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sources.contract.lists import list_of, read_as
from sources.contract.live_checks import LiveCheck, trimmed
from sources.contract.live_patterns import shape_formula
from sources.template.declaration import SAVINGS, SHEETS, Column, Kind, Need, Sheet

EMPTY = "fill this in."
_NOT_AN_AMOUNT = "enter one number in pounds, without words."
_NEGATIVE = "enter a number that is not negative."
_NOT_A_YEAR = "Excel made a date or a number of this. Type the year as text, 2021/22."
_NOT_OF_THE_LIST = "choose from the list."
_NOT_THE_PATTERN = "this is not how these references are written."
# A blank in these is read as 0 where projected leaves nothing to place.
_MAY_MEAN_ZERO = frozenset({(SAVINGS.name, "deferred_gbp"), (SAVINGS.name, "undeliverable_gbp")})


def cell_checks(patterns: Mapping[str, str], ranges: Mapping[str, str]) -> Iterator[LiveCheck]:
    """Yield the live checks of every column.

    Args:
        patterns: By the name of the setting the pattern of each reference.
        ranges: By its name where each list lies, as ``=Lists!$A$2:$A$9``.
    """
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.need is Need.ALWAYS and (sheet.name, column.name) not in _MAY_MEAN_ZERO:
                yield LiveCheck("D10", sheet, column.name, EMPTY, f'({trimmed(column.name)}="")')
            if column.is_money:
                yield _a_number(sheet, column)
                yield _not_negative(sheet, column)
            if column.kind in (Kind.YEAR, Kind.YEAR_OR_MULTIPLE):
                yield LiveCheck("D17", sheet, column.name, _NOT_A_YEAR, f"ISNUMBER({{{column.name}}})")
            elif column.kind is Kind.LIST:
                cells = ranges[read_as(list_of(column) or "")].removeprefix("=")
                yield _of_its_list(sheet, column, cells)
            elif column.pattern:
                yield from _of_its_pattern(sheet, column, patterns[column.pattern])


def _a_number(sheet: Sheet, column: Column) -> LiveCheck:
    """Red is text with a letter or a sign that no amount has; plain numbers that are text are read."""
    cell, text = f"{{{column.name}}}", trimmed(column.name)
    has_words = f'NOT(EXACT(UPPER({text}),LOWER({text})))+ISNUMBER(FIND("?",{text}))'
    taken = f'*({text}<>"N/A")*({text}<>"not applicable")*({text}<>"[z]")'
    unless = taken if column.kind is Kind.MONEY_OR_NA else ""
    return LiveCheck("D09", sheet, column.name, _NOT_AN_AMOUNT, f"ISTEXT({cell})*(({has_words})>0){unless}")


def _not_negative(sheet: Sheet, column: Column) -> LiveCheck:
    cell = f"{{{column.name}}}"
    return LiveCheck("D11", sheet, column.name, _NEGATIVE, f"ISNUMBER({cell})*({cell}<0)")


def _of_its_list(sheet: Sheet, column: Column, cells: str) -> LiveCheck:
    text = trimmed(column.name)
    # A no-break space, which comes with text from web pages, is read as a space.
    plain = f'TRIM(SUBSTITUTE({{{column.name}}},CHAR(160)," "))'
    return LiveCheck("D09", sheet, column.name, _NOT_OF_THE_LIST, f'({text}<>"")*ISNA(MATCH({plain},{cells},0))')


def _of_its_pattern(sheet: Sheet, column: Column, pattern: str) -> Iterator[LiveCheck]:
    shape = shape_formula(pattern, f"{{{column.name}}}")
    if shape is not None:
        formula = f'({trimmed(column.name)}<>"")*({shape}=0)'
        yield LiveCheck("D14", sheet, column.name, _NOT_THE_PATTERN, formula)
