"""The grammar of dates: real ones, and text with the day first.

Here belongs how an officer may write a day. Not here: turning a serial number into a date
(``reader.cell_types`` does that with openpyxl's help), and whether a date is plausible (D48, ``judging.checks``).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import partial

from sources.findings.words import cells
from sources.grammar.characters import plain
from sources.grammar.parsed import Note, NoteKind, NotParsed, Parsed, Problem, read_filled
from sources.reader.cells import Cell, CellKind

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ](?P<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?Z?)?", re.ASCII
)
_NUMBERS = re.compile(r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(?P<day>\d{1,2})(?P<mark>[ -])(?P<month>[a-z]{3,9})(?P=mark)(?P<year>\d{4}|\d{2})", re.ASCII)
MONTHS_IN_A_YEAR = 12

# A program that writes dates in another zone's time is an hour or two off.
_LATE = time(22)


def parse_date(cell: Cell | None) -> Parsed[date] | NotParsed:
    """Read a day, day first in text; a time of day is left out; None for a blank."""
    return read_filled(cell, _date)


def _date(cell: Cell) -> Parsed[date] | NotParsed:
    if cell.kind is CellKind.DATE:
        return _from_date_cell(cell.text)
    if cell.kind is CellKind.TEXT:
        return _from_text(plain(cell.text))
    return _not_a_date()


def _from_date_cell(text: str) -> Parsed[date] | NotParsed:
    try:
        return _with_time(datetime.fromisoformat(text))
    except (OverflowError, ValueError):  # a time of day or a duration, or no day comes after it
        return _not_a_date()


def _from_text(text: str) -> Parsed[date] | NotParsed:
    match = _ISO.fullmatch(text.upper()) or _NUMBERS.fullmatch(text) or _NAMED.fullmatch(text)
    if match is None:
        return _not_a_date()
    year, month, day = int(match["year"]), _month(match["month"]), int(match["day"])
    if match.re is _NUMBERS and month > MONTHS_IN_A_YEAR >= day:
        return NotParsed(Problem.MONTH_FIRST, cells.MonthFirst)
    try:
        day_meant = date(year if len(match["year"]) == len("2021") else 2000 + year, month, day)
        moment = match.groupdict().get("time")
        return _with_time(datetime.combine(day_meant, time.fromisoformat(moment or "00:00")))
    except (OverflowError, ValueError):
        return _not_a_date()


def _with_time(moment: datetime) -> Parsed[date]:
    """Return the day; late in the evening it may be the next one, in the time of another zone (D75)."""
    day = moment.date()
    if moment.time() < _LATE:
        return Parsed(day)
    late = partial(cells.LateInTheDay, time=f"{moment:%H:%M}", day=day, next_day=day + timedelta(days=1))
    return Parsed(day, (Note(NoteKind.LATE, late),))


def _month(text: str) -> int:
    """Return the month's number; 0, which no date has, for a word that is no month."""
    if text.isdigit():
        return int(text)
    names = [number for number, name in enumerate(_MONTHS, start=1) if text in (name, name[:3])]
    return names[0] if names else _MONTHS.index("september") + 1 if text == "sept" else 0


def _not_a_date() -> NotParsed:
    return NotParsed(Problem.NOT_A_DATE, cells.NotADate)
