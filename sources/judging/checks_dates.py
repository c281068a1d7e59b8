"""Checks of dates and plan years: each plausible, and a saving that starts when its pounds are due.

Here belong D48 and the range of D17. Not here: how a date or year is written (``grammar.values``), and the
dates of the Return sheet that are judged by its period (``checks_return``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sources.findings.fault import Fault
from sources.findings.words import lines
from sources.grammar.values import start_year, year_starting
from sources.judging.case import Case
from sources.judging.checks_lines import last_day
from sources.parsing.rows import Row
from sources.template.declaration import MULTIPLE_YEARS, OLDER_THAN_SAVINGS, RETURN_FIELDS, SHEETS, Column, Kind

_YEARS = frozenset({Kind.YEAR, Kind.YEAR_OR_MULTIPLE})


def _dates_are_plausible(case: Case) -> Iterator[Fault]:
    """D48: outside lie Excel's day 0, the 1904 shift and slips of a digit."""
    earliest, latest = case.reference.day("earliest_date"), case.reference.day("latest_date")
    yield from _row_of_dates(case.form, RETURN_FIELDS, earliest, latest)
    for sheet in SHEETS:
        first = case.reference.day("earliest_project_date") if sheet.name in OLDER_THAN_SAVINGS else earliest
        for row in case.tables[sheet.table]:
            yield from _row_of_dates(row, sheet.columns, first, latest)


def _row_of_dates(row: Row, columns: tuple[Column, ...], earliest: date, latest: date) -> Iterator[Fault]:
    for column in columns:
        if column.kind is Kind.DATE and row.has(column.name) and not earliest <= row[column.name] <= latest:
            yield lines.DateOutOfRange(row.place(column.name), row[column.name], earliest, latest)


def _plan_years_are_near(case: Case) -> Iterator[Fault]:
    """D17: not before the first plan, nor more than so many years after the reporting year."""
    if case.calendar is None:
        return
    for row in case.savings:
        if row.has("plan_year") and not _is_near(case, row["plan_year"]):
            yield lines.PlanYearTooFar(row.place("plan_year"), _first_plan_year(case), _last_plan_year(case))


def _is_near(case: Case, plan_year: str) -> bool:
    return _first_plan_year(case) <= plan_year <= _last_plan_year(case)


def _first_plan_year(case: Case) -> str:
    return case.reference.setting("first_plan_year")


def _last_plan_year(case: Case) -> str:
    return year_starting(start_year(case.year) + int(case.reference.limit("plan_years_ahead")))


def _years_are_of_the_calendar(case: Case) -> Iterator[Fault]:
    """D17: every year is one that financial_year.csv sets out; pounds of another would have no year to stand in."""
    years = [row["financial_year"] for row in case.reference.tables["financial_year"]]
    for sheet in SHEETS:
        columns = [column.name for column in sheet.columns if column.kind in _YEARS]
        for row in case.tables[sheet.table]:
            for name in columns:
                if (
                    row.has(name)
                    and row[name] not in (*years, MULTIPLE_YEARS)
                    and not _is_too_far(case, name, row[name])
                ):
                    yield lines.YearNotInCalendar(row.place(name), min(years), max(years))


def _is_too_far(case: Case, column: str, year: str) -> bool:
    """Return whether a plan year is so far away that this is what is wrong with it."""
    return column == "plan_year" and case.calendar is not None and not _is_near(case, year)


def _savings_start_in_time(case: Case) -> Iterator[Fault]:
    """D48: by the end of the year deferred to; else, for what recurs, of its plan year.

    Once its plan year is over a line may have been deferred before, so the reporting year counts.
    """
    if case.calendar is None:
        return
    earliest, latest = case.reference.day("earliest_date"), case.reference.day("latest_date")
    for row in case.savings:
        if not row.has("start_date", "plan_year") or not earliest <= row["start_date"] <= latest:
            continue
        until = case.deferred_until(row)
        if row.amount("deferred_gbp") > 0 and (until is None or until <= max(row["plan_year"], case.year)):
            continue  # until when is not known: D17 to D20 say why
        if until is None and row["recurrence"] != "Recurrent":
            continue
        if until is not None and until <= max(row["plan_year"], case.year):
            continue  # D18 says that this is no later year: the start may well be right
        latest = last_day(max(row["plan_year"], case.year, until or ""))
        if row["start_date"] > latest:
            yield lines.StartsTooLate(row.place("start_date"), latest)


CHECKS = (_dates_are_plausible, _plan_years_are_near, _years_are_of_the_calendar, _savings_start_in_time)
