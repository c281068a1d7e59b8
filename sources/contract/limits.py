"""What a cell of the workbook accepts while it is being filled in: lists, signs, lengths, dates.

Here belong Excel's own data validations, made from the declaration, so that most mistakes show
before a return is sent. Not here: what is said of cells once they are filled (``live_checks``), for
Excel does not look at what is pasted; and what a return is refused for (``judging.checks``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sources.contract.guidance import what_to_enter
from sources.contract.lists import list_of
from sources.contract.places import FIRST_ROW, column_range, letter
from sources.reference.reference import Reference
from sources.template.declaration import OLDER_THAN_SAVINGS, REFERS_TO, Column, Kind, Sheet, heading

Limits = dict[str, Any]

_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255  # Excel's own limits


def field_limits(
    column: Column, ranges: Mapping[str, str], reference: Reference, directorate: str, earliest: str = "earliest_date"
) -> Limits | None:
    """Return what a value of the Return sheet accepts; None for anything.

    Args:
        column: Its label.
        ranges: Where each list lies.
        reference: Has the days between which dates are, and the patterns of references.
        directorate: Who fills it in.
        earliest: The setting of the first of these days.
    """
    words = what_to_enter(column, reference, directorate)
    name = list_of(column)
    if name is not None:
        return _with_words(column, {"validate": "list", "source": ranges[name]}, words)
    limits = _by_kind(column, reference.day(earliest), reference.day("latest_date"))
    return _with_words(column, limits, words) if limits else None


def sheet_limits(
    sheet: Sheet, column: Column, ranges: Mapping[str, str], reference: Reference, directorate: str
) -> Limits | None:
    """Return what the cells of a sheet's column accept; None for anything.

    Args:
        sheet: Whose column it is.
        column: Which.
        ranges: Where each list lies.
        reference: Has the days between which dates are, and the patterns of references.
        directorate: Who fills it in.
    """
    words = what_to_enter(column, reference, directorate)
    if (sheet.name, column.name) in REFERS_TO:
        cells = column_range(REFERS_TO[sheet.name, column.name], column.name)
        return _with_words(column, {"validate": "list", "source": f"={cells}"}, words)
    if column.name == sheet.key[0]:
        return _with_words(column, _once_a_sheet(sheet), f"Enter each {_named(sheet)} once. {words}")
    if column.kind is Kind.MONEY_OR_NA:
        cell = f"{letter(sheet, column.name)}{FIRST_ROW}"
        money_or_na = f'=OR({cell}="N/A",AND(ISNUMBER({cell}),{cell}>=0))'
        return _with_words(column, {"validate": "custom", "value": money_or_na}, words)
    earliest = "earliest_project_date" if sheet.name in OLDER_THAN_SAVINGS else "earliest_date"
    return field_limits(column, ranges, reference, directorate, earliest)


def _named(sheet: Sheet) -> str:
    return " and ".join(heading(sheet.name, name) for name in sheet.key)


def _once_a_sheet(sheet: Sheet) -> Limits:
    pairs = ",".join(f"{column_range(sheet, name)},${letter(sheet, name)}{FIRST_ROW}" for name in sheet.key)
    return {"validate": "custom", "value": f"=COUNTIFS({pairs})<=1".replace(f"{sheet.name}!", "")}


def _by_kind(column: Column, earliest: date, latest: date) -> Limits | None:
    match column.kind:
        case Kind.MONEY:
            return {"validate": "decimal", "criteria": ">=", "value": 0}
        case Kind.INTEGER:
            return {"validate": "integer", "criteria": ">=", "value": 0}
        case Kind.DATE:
            return {"validate": "date", "criteria": "between", "minimum": earliest, "maximum": latest}
        case Kind.TEXT | Kind.NARRATIVE:
            return {"validate": "length", "criteria": "<=", "value": column.max_length}
        case _:
            return None


def _with_words(column: Column, limits: Limits, words: str) -> Limits:
    return {
        **limits,
        "input_title": column.heading[:_LONGEST_TITLE],
        "input_message": words[:_LONGEST_MESSAGE],
        "error_title": column.heading[:_LONGEST_TITLE],
        "error_message": words[:_LONGEST_MESSAGE],
    }
