"""A council's first reference folder, from what it says of itself.

Here belongs which lists follow from the answers: calendar, patterns, dates, one service and one finance business
partner per directorate. Words and limits are those of the bundled folder; lists that may be empty are. Not
here: the answers (``answers``), and whether the folder can be used (``reference``).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sources.reference.answers import Answers, Rhythm
from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.folder_required import PERMISSIONS
from sources.reference.folder_writer import read_list, write_list

# Years before the first one, whose savings may still be reported; years from it, for which the calendar is written.
_YEARS_BEFORE, _YEARS = 2, 10
# Longer patterns are refused.
_LONGEST_PATTERN = 150
_YEAR_END = "P13"
_DUE_DAY = 15
_APRIL, _MAY, _MONTHS = 4, 5, 12
_SATURDAY = 5
_PERIODS = {
    Rhythm.MONTHS: tuple(range(1, 13)),
    Rhythm.QUARTERS: (3, 6, 9, 12),
}
_OTHERS_MAY = ("hold", "confirm", "adopt")
_Row = Mapping[str, Any]


def write_first_folder(answers: Answers, folder: Path, words: Path) -> None:
    """Write the folder.

    Args:
        answers: What the council says of itself.
        folder: Where; it is there and empty.
        words: The folder whose vocabulary, aliases of statuses and limits are taken over.
    """
    lists = _lists(answers) | {name: read_list(words, name) for name in ("vocabulary", "status_alias")}
    lists["setting"] = list(_settings(answers, read_list(words, "setting")))
    for file in REFERENCE_FILES:
        write_list(folder, file.name, lists.get(file.name, ()))


def _lists(answers: Answers) -> dict[str, list[_Row]]:
    first = int(answers.first_year[:4])
    since = _first_day(first - _YEARS_BEFORE)
    years = {_year(start): start for start in range(first - _YEARS_BEFORE, first + _YEARS)}
    collected = {year: start for year, start in years.items() if start >= first}
    named = answers.directorates.items()
    first_period = f"P{_PERIODS[answers.periods][0]:02d}"
    return {
        "directorate": [{"directorate_code": c, "directorate_name": n, "valid_from": since} for c, n in named],
        "directorate_alias": [{"alias": name, "code": code} for code, name in named if name != code],
        "service": [
            {"service_code": f"{c[:16]}-ALL", "service_name": n, "directorate_code": c, "valid_from": since}
            for c, n in named
        ],
        "finance_bp": [
            {"directorate_code": code, "finance_bp_name": post, "post": post, "valid_from": since}
            for code, name in named
            for post in [f"Finance business partner, {name}"]
        ],
        "financial_year": [
            {
                "financial_year": year,
                "start_date": _first_day(start),
                "end_date": _first_day(start + 1) - timedelta(days=1),
                "programme_year_no": start - first + 1,
            }
            for year, start in years.items()
        ],
        "reporting_calendar": [row for start in collected.values() for row in _calendar(start, answers.periods)],
        "expected_return": [
            {"directorate_code": code, "financial_year": year, "from_period": first_period}
            for year in collected
            for code in answers.directorates
        ],
        "post": [
            {"post": post, "may": ";".join(_OTHERS_MAY if number else PERMISSIONS), "os_account": account}
            for number, (post, account) in enumerate(answers.posts.items())
        ],
    }


def _calendar(start: int, rhythm: Rhythm) -> Iterator[_Row]:
    """Yield a year's periods: each due on the 15th of the next month, the year's end on 31 May, or the Monday after."""
    for number in _PERIODS[rhythm]:
        last = _last_day(start, number)
        due = (last + timedelta(days=1)).replace(day=_DUE_DAY)
        yield _period(start, f"P{number:02d}", last, due)
    yield _period(start, _YEAR_END, _last_day(start, _MONTHS), date(start + 1, _MAY, 31))


def _period(start: int, period: str, as_at: date, due: date) -> _Row:
    on_time = due + timedelta(days=7 - due.weekday()) if due.weekday() >= _SATURDAY else due
    return {
        "financial_year": _year(start),
        "reporting_period": period,
        "as_at_date": as_at,
        "return_due_date": on_time,
    }


def _settings(answers: Answers, usual: list[dict[str, Any]]) -> Iterator[_Row]:
    """Yield the settings of the council: its own, then the limits that councils usually have."""
    first = int(answers.first_year[:4])
    earliest = first - _YEARS_BEFORE
    own = {
        "council_name": (answers.council_name, "Name of the council, on its pages and workbooks"),
        "council_code": (
            answers.council_code,
            "Part of every key in the warehouse: never change it",
        ),
        "saving_ref_pattern": (_saving_pattern(answers), "Reference of a saving"),
        "project_ref_pattern": (r"^P-\d{4}$", "Reference of a project"),
        "fund_ref_pattern": (r"^F-\d{4}$", "Reference of a fund line"),
        "budget_code_pattern": ("^[A-Z0-9]{4,12}$", "Ledger code of a budget"),
        "email_domain": (answers.email_domain, "What email addresses of the council have after the @"),
        "earliest_date": (_first_day(earliest), "No date of a return is before this day (D48)"),
        "earliest_project_date": (_first_day(earliest - 10), "No date of a project is before this day (D48)"),
        "latest_date": (_first_day(first + 20) - timedelta(days=1), "No date of a return is after this day (D48)"),
        "first_plan_year": (_year(earliest), "No saving is planned for an earlier year (D17)"),
    }
    for name, (value, meaning) in own.items():
        yield {"name": name, "value": value, "meaning": meaning}
    yield from (row for row in usual if row["name"] not in own)


def _saving_pattern(answers: Answers) -> str:
    """Return the pattern: the directorate's code where a spreadsheet can check it, else an S."""
    codes = list(answers.directorates)
    words = "|".join(codes).upper()  # as references are read
    if len({len(code) for code in codes}) == 1 and words.replace("|", "").isalnum() and len(words) < _LONGEST_PATTERN:
        return rf"^({words})-\d{{2}}-\d{{3}}$"
    return r"^S-\d{2}-\d{4}$"


def _year(start: int) -> str:
    return f"{start}/{(start + 1) % 100:02d}"


def _first_day(start: int) -> date:
    return date(start, _APRIL, 1)


def _last_day(start: int, number: int) -> date:
    """Return the last day of a year's month, of which April is the first."""
    month = (number + _APRIL - 2) % _MONTHS + 1
    year = start + (number > _MONTHS - _APRIL + 1)
    return date(year, month, calendar.monthrange(year, month)[1])
