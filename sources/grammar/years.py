"""The grammar of financial years and reporting periods.

Here belongs how an officer may write ``2021/22`` and ``P06``. Not here: which years and periods
the council collects (``reference``), and whether a year fits its row (``judging.checks``).

A year that could be read in two ways is refused: FY22 is the year that ends in 2022 to most, the
one that begins then to some, and a wrong guess moves every pound by a year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sources.findings.words import cells
from sources.grammar.characters import plain
from sources.grammar.parsed import NotParsed, Parsed, Problem, read_filled
from sources.reader.cells import Cell, CellKind
from sources.template.declaration import MULTIPLE_YEARS

_TWO_YEARS = re.compile(r"(?:fy ?)?(?P<first>20\d\d|\d\d) ?(?:/|-|to) ?(?P<second>20\d\d|\d\d)", re.ASCII)
_PROGRAMME_YEAR = re.compile(r"(?:yr|year) ?(?P<number>\d{1,2})", re.ASCII)
_YEAR_ENDING = re.compile(r"fye (?:31 )?mar(?:ch)?[ -](?P<end>20\d\d|\d\d)", re.ASCII)
_ONE_YEAR = re.compile(r"(?:fye? ?)?(?:20\d\d|\d\d)", re.ASCII)
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# What is left of a date that Excel made of 21/22, or of Mar-21: day and month, month and year, or all three.
_DATE_REMAINS = re.compile(
    rf"(?:\d{{1,2}}[ /-])?{_MONTH}[ /-]\d{{2,4}}|\d{{1,2}}[ /-]{_MONTH}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}",
    re.ASCII,
)
_PERIOD = re.compile(r"p ?(?P<number>\d{1,2})", re.ASCII)
LAST_PERIOD = 13


def parse_year(cell: Cell | None, programme_years: Mapping[int, str] | None = None) -> Parsed[str] | NotParsed:
    """Read a financial year as ``2021/22``; None for a blank.

    Args:
        cell: The cell, or None where the sheet has none.
        programme_years: By number the financial year, for "Yr 1"; without it that is refused.
    """
    return read_filled(cell, lambda filled: _year(filled, programme_years or {}))


def parse_year_or_multiple(
    cell: Cell | None, programme_years: Mapping[int, str] | None = None
) -> Parsed[str] | NotParsed:
    """Read a financial year, or the word ``Multiple`` for several on the Deferrals sheet."""
    if cell is not None and cell.kind is CellKind.TEXT and cell.text.strip().casefold() == MULTIPLE_YEARS.casefold():
        return Parsed(MULTIPLE_YEARS)
    return parse_year(cell, programme_years)


def parse_period(cell: Cell | None) -> Parsed[str] | NotParsed:
    """Read a reporting period as ``P01`` to ``P13``; None for a blank."""
    return read_filled(cell, _period)


def start_year(financial_year: str) -> int:
    """Return the calendar year in which a financial year such as ``2021/22`` begins."""
    return int(financial_year[:4])


def year_starting(start: int) -> str:
    """Return the financial year that begins in that calendar year, as ``2021/22``."""
    return f"{start:04d}/{(start + 1) % 100:02d}"


def _period(cell: Cell) -> Parsed[str] | NotParsed:
    match = _PERIOD.fullmatch(plain(cell.text))
    if match is None or not 1 <= int(match["number"]) <= LAST_PERIOD:
        return NotParsed(Problem.NOT_A_PERIOD, cells.NotAPeriod)
    return Parsed(f"P{int(match['number']):02d}")


def _year(cell: Cell, programme_years: Mapping[int, str]) -> Parsed[str] | NotParsed:
    if cell.kind is CellKind.DATE:
        return _excel_made_a_date()
    text = plain(cell.text)
    if match := _TWO_YEARS.fullmatch(text):
        return _consecutive(_full_year(match["first"]), _full_year(match["second"]))
    if match := _YEAR_ENDING.fullmatch(text):
        return Parsed(year_starting(_full_year(match["end"]) - 1))
    if (match := _PROGRAMME_YEAR.fullmatch(text)) and int(match["number"]) in programme_years:
        return Parsed(programme_years[int(match["number"])])
    if _ONE_YEAR.fullmatch(text):
        return NotParsed(Problem.AMBIGUOUS_YEAR, cells.OneYearOnly)
    if _DATE_REMAINS.fullmatch(text):
        return _excel_made_a_date()
    return NotParsed(Problem.NOT_A_YEAR, cells.NotAYear)


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == len("2021") else 2000 + int(digits)


def _consecutive(first: int, second: int) -> Parsed[str] | NotParsed:
    if second == first + 1:
        return Parsed(year_starting(first))
    return NotParsed(Problem.NOT_A_YEAR, cells.NotTwoYearsInARow)


def _excel_made_a_date() -> NotParsed:
    return NotParsed(Problem.IS_A_DATE, cells.YearBecameDate)
