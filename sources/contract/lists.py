"""The drop-down lists of the workbook: which words each column offers, and where they lie.

Here belongs the hidden sheet Lists, made from reference data for one directorate and period. Not
here: which column has which list (``template`` says so).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xlsxwriter.utility import xl_col_to_name

from sources.reference.reference import Reference
from sources.template.declaration import LISTS_SHEET, MULTIPLE_YEARS, Column, Kind

YES_NO = "yes_no"
YEARS = "financial_year"
YEARS_OR_MULTIPLE = "financial_year_or_multiple"
PERIODS = "reporting_period"

_BY_KIND = {
    Kind.YEAR: YEARS,
    Kind.YEAR_OR_MULTIPLE: YEARS_OR_MULTIPLE,
    Kind.PERIOD: PERIODS,
    Kind.BOOLEAN: YES_NO,
}


def list_of(column: Column) -> str | None:
    """Return the name of the list that a column offers; None if it offers none."""
    if column.kind is Kind.LIST:
        return column.vocabulary
    return _BY_KIND.get(column.kind)


def lists(reference: Reference, directorate_code: str, year: str, day: date) -> dict[str, tuple[str, ...]]:
    """Return the words of every list by its name.

    Args:
        reference: Has the words.
        directorate_code: Whose services there are to choose from.
        year: Whose collected periods there are to choose from.
        day: On which directorates and services have to be in force.
    """
    years = tuple(row["financial_year"] for row in reference.tables["financial_year"])
    vocabularies = dict.fromkeys(row["vocabulary"] for row in reference.tables["vocabulary"])
    return {
        "directorate": tuple(reference.directorates_on(day)),
        "service": tuple(reference.services_of(directorate_code, day)),
        YEARS: years,
        YEARS_OR_MULTIPLE: (*years, MULTIPLE_YEARS),
        PERIODS: tuple(f"P{number:02d}" for number in range(1, 14) if reference.calendar(year, f"P{number:02d}")),
        YES_NO: ("Yes", "No"),
        **{name: reference.vocabulary(name) for name in vocabularies},
    }


def list_ranges(words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return where on the sheet Lists each list lies: one a column, its name on top."""
    ranges = {}
    for index, (name, choices) in enumerate(words.items()):
        letter = xl_col_to_name(index)
        ranges[name] = f"={LISTS_SHEET}!${letter}$2:${letter}${len(choices) + 1}"
    return ranges
