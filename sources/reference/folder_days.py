"""What a folder says of directorates over time: each is asked, planned for and given lines while it is there.

Here belongs what a reorganisation gets wrong. Not here: rows of one code that hold on the same day
(``folder_reader``), and what returns use (``intake.vanished``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sources.reference.folder_lookup import in_row
from sources.reference.folder_problems import Problem
from sources.reference.folder_reader import Row, Tables

_Days = dict[str, list[tuple[date, date]]]


def successors_come_to_an_end(tables: Tables) -> Iterator[Problem]:
    """Yield each directorate whose successors lead back to it: nobody would have its lines now."""
    after = {row["directorate_code"]: row for row in tables["directorate"] if row["successor_code"]}
    for code, row in after.items():
        seen, current = {code}, row["successor_code"]
        while current in after and current not in seen:
            seen.add(current)
            current = after[current]["successor_code"]
        if current == code:
            what = f"the successors of {code} lead back to {code}"
            yield in_row("directorate", row, "successor_code", what, "Name who goes on with it today")
            return


def who_is_succeeded_has_a_last_day(tables: Tables) -> Iterator[Problem]:
    """Yield each directorate that has a successor and no end: from when that one goes on, nobody could say."""
    for row in tables["directorate"]:
        if row["successor_code"] and row["valid_to"] is None:
            what = f"{row['directorate_code']} has a successor, and no last day"
            yield in_row("directorate", row, "valid_to", what, "Write its last day, or empty successor_code")


def returns_are_expected_of_who_is_there(tables: Tables) -> Iterator[Problem]:
    """Yield who is to report a period at whose end there is no such directorate: no template can be made for it."""
    days = _days_of(tables)
    calendar = defaultdict(list)
    for row in tables["reporting_calendar"]:
        calendar[row["financial_year"]].append((row["reporting_period"], row["as_at_date"]))
    for row in tables["expected_return"]:
        if row["to_period"] and row["to_period"] < row["from_period"]:
            what = f"{row['to_period']} is before {row['from_period']}"
            yield in_row("expected_return", row, "to_period", what, "Write the last period that it reports")
            continue
        code, asked = row["directorate_code"], sorted(calendar[row["financial_year"]])
        asked = [each for each in asked if row["from_period"] <= each[0] <= (row["to_period"] or each[0])]
        there = [period for period, as_at in asked if _is_there(days, code, as_at)]
        if code in days and len(there) < len(asked):
            yield _not_there(row, asked, there)


def _not_there(row: Row, asked: list[tuple[str, date]], there: list[str]) -> Problem:
    code, year = row["directorate_code"], row["financial_year"]
    period, as_at = next(each for each in asked if each[0] not in there)
    what = f"there is no {code} at the end of {year} {period}, {as_at}"
    if not there:
        return in_row("expected_return", row, "financial_year", what, "Delete the row, or correct directorate.csv")
    column, write = ("from_period", there[0]) if period < there[0] else ("to_period", there[-1])
    return in_row("expected_return", row, column, what, f"Write {write} in {column}")


def plans_are_of_who_is_there(tables: Tables) -> Iterator[Problem]:
    """Yield each line that is planned for a directorate which is not there in its plan year, or given to one."""
    days = _days_of(tables)
    years = {row["financial_year"]: (row["start_date"], row["end_date"]) for row in tables["financial_year"]}
    for row in tables["approved_plan"]:
        code = row["directorate_code"]
        if code in days and row["plan_year"] in years and not _overlaps(days[code], *years[row["plan_year"]]):
            what = f"there is no {code} in {row['plan_year']}"
            yield in_row("approved_plan", row, "directorate_code", what, "Write who has the line in its plan year")
    as_at = {
        (row["financial_year"], row["reporting_period"]): row["as_at_date"] for row in tables["reporting_calendar"]
    }
    for row in tables["plan_change"]:
        code, effective = row["directorate_code"], (row["effective_year"], row["effective_period"])
        if code in days and effective in as_at and not _is_there(days, code, as_at[effective]):
            what = f"there is no {code} at the end of {' '.join(effective)}, {as_at[effective]}"
            remedy = "Write who has the line from then on, or correct directorate.csv"
            yield in_row("plan_change", row, "directorate_code", what, remedy)


def _days_of(tables: Tables) -> _Days:
    days: _Days = defaultdict(list)
    for row in tables["directorate"]:
        days[row["directorate_code"]].append((row["valid_from"], row["valid_to"] or date.max))
    return dict(days)


def _is_there(days: _Days, code: str, day: date) -> bool:
    return any(first <= day <= last for first, last in days.get(code, ()))


def _overlaps(days: list[tuple[date, date]], first: date, last: date) -> bool:
    return any(begins <= last and first <= ends for begins, ends in days)
