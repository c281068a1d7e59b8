"""Live checks of a cell by itself, made from the declaration: empty, no amount, negative, no such reference.

Here belong D09, D10, D11, D14 and D17. Not here: checks of a cell beside others
(``live_row_checks``), and what Excel refuses while it is typed (``limits``): that does not
look at what is pasted, which these do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sources.contract.lists import list_of
from sources.contract.live_checks import LiveCheck, is_empty, is_number, is_text
from sources.contract.live_patterns import shape_formula
from sources.reference.reference import Reference
from sources.template.declaration import SAVINGS, SHEETS, Column, Kind, Need, Sheet

EMPTY = "is empty"
# A blank in these is read as 0 where projected leaves nothing to place.
_MAY_MEAN_ZERO = frozenset({(SAVINGS.name, "deferred_gbp"), (SAVINGS.name, "undeliverable_gbp")})


def cell_checks(
    reference: Reference, words: Mapping[str, Sequence[str]], ranges: Mapping[str, str]
) -> Iterator[LiveCheck]:
    """Yield the live checks of every column.

    Args:
        reference: Has the patterns of references.
        words: By its name the words of each list.
        ranges: By its name where each list lies, as ``=Lists!$A$2:$A$9``.
    """
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.need is Need.ALWAYS and (sheet.name, column.name) not in _MAY_MEAN_ZERO:
                yield _filled(sheet, column)
            if column.is_money:
                yield _a_number(sheet, column)
                yield _not_negative(sheet, column)
            if column.kind in (Kind.YEAR, Kind.YEAR_OR_MULTIPLE):
                yield _a_year(sheet, column)
            elif column.kind is Kind.LIST:
                name = list_of(column) or ""
                yield _of_its_list(sheet, column, words[name], ranges[name].removeprefix("="))
            elif column.pattern:
                yield from _of_its_pattern(sheet, column, reference.setting(column.pattern))


def _filled(sheet: Sheet, column: Column) -> LiveCheck:
    name = column.name
    return LiveCheck("D10", sheet, name, EMPTY, f'({{{name}}}="")', lambda row, _: is_empty(row, name))


def _a_number(sheet: Sheet, column: Column) -> LiveCheck:
    name = column.name
    taken, unless = ("", "") if column.kind is Kind.MONEY else ("N/A", f'*({{{name}}}<>"N/A")')
    return LiveCheck(
        "D09",
        sheet,
        name,
        "is text, not a number",
        f'ISTEXT({{{name}}})*({{{name}}}<>""){unless}',
        lambda row, _: isinstance(row.get(name), str) and not is_empty(row, name) and not is_text(row, name, taken),
    )


def _not_negative(sheet: Sheet, column: Column) -> LiveCheck:
    name = column.name
    return LiveCheck(
        "D11",
        sheet,
        name,
        "is negative",
        f"ISNUMBER({{{name}}})*({{{name}}}<0)",
        lambda row, _: is_number(row, name) and row[name] < 0,
    )


def _a_year(sheet: Sheet, column: Column) -> LiveCheck:
    name = column.name
    return LiveCheck(
        "D17",
        sheet,
        name,
        "is a date or a number: type the year as text, 2021/22",
        f"ISNUMBER({{{name}}})",
        lambda row, _: not is_empty(row, name) and not isinstance(row[name], str),
    )


def _of_its_list(sheet: Sheet, column: Column, words: Sequence[str], cells: str) -> LiveCheck:
    name, known = column.name, {word.casefold() for word in words}
    return LiveCheck(
        "D09",
        sheet,
        name,
        "is not a word of its list",
        f'({{{name}}}<>"")*(COUNTIF({cells},{{{name}}})=0)',
        lambda row, _: not is_empty(row, name) and str(row[name]).casefold() not in known,
    )


def _of_its_pattern(sheet: Sheet, column: Column, pattern: str) -> Iterator[LiveCheck]:
    name, shape = column.name, shape_formula(pattern, f"{{{column.name}}}")
    if shape is not None:
        yield LiveCheck(
            "D14",
            sheet,
            name,
            "is not written as this reference is",
            f'({{{name}}}<>"")*({shape}=0)',
            lambda row, _: not is_empty(row, name) and not re.fullmatch(pattern, str(row[name]).upper(), re.ASCII),
        )
