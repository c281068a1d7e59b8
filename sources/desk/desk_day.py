"""For how long the desks say what is so: until something happens, or the calendar alone changes them.

Here belongs the note that a load leaves for the nights that follow, so that one with nothing new knows by
reading one small file and one event. Light, for that reason. Not here: writing the desks (``desk``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sources.clock import LONDON
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Judged, Received, ReferenceAdopted, Rejected, Released, Withdrawn
from sources.custody.problems import naming_the_place
from sources.home import Home, discard, write_durably

_NOTE = ".written.json"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DeskDay:
    """When the desks were written, and for how long they hold.

    Attributes:
        holds_until: The day, in London, from which a due day has passed that had not, or a return has
            come within a year that was not; None if no such day is known.
        up_to: The last event that they tell of.
        workbooks: Of each workbook, as ``AH/TRR_AH_2021-22_P06_v2.xlsx``, the digest of all that it is filled from.
    """

    holds_until: date | None
    up_to: int
    workbooks: Mapping[str, str]

    @classmethod
    def of(cls, now: datetime, due_days: Iterable[date], ledger: LedgerView, workbooks: Mapping[str, str]) -> DeskDay:
        """Return the note of desks that are written now."""
        from sources.intake.standing import A_YEAR  # reads reference data: not for a night that reads the note

        today = now.astimezone(LONDON).date()
        changes = (day for due in due_days for day in (due - A_YEAR, due + _A_DAY, due + A_YEAR + _A_DAY))
        return cls(min((day for day in changes if day > today), default=None), _told_up_to(ledger), workbooks)


def read_desk_day(home: Home) -> DeskDay | None:
    """Return the note of the last load; None where there is none that can be read."""
    try:
        noted = json.loads((home.desk / _NOTE).read_bytes())
        until = noted["holds_until"]
        return DeskDay(date.fromisoformat(until) if until else None, noted["up_to"], dict(noted["workbooks"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_desk_day(home: Home, day: DeskDay) -> None:
    """Leave the note.

    Raises:
        CustodyProblem: If it cannot be written.
    """
    with naming_the_place("Writing a desk", home.desk):
        write_durably(home.desk / _NOTE, json.dumps(asdict(day), default=str).encode())


def forget_desk_day(home: Home) -> None:
    """Let the next load write every page and workbook again."""
    discard(home.desk / _NOTE)


def holds(home: Home, ledger: LedgerView, now: datetime) -> bool:
    """Return whether the desks still say what is so."""
    noted = read_desk_day(home)
    if noted is None or noted.up_to != _told_up_to(ledger):
        return False
    return noted.holds_until is None or now.astimezone(LONDON).date() < noted.holds_until


def _told_up_to(ledger: LedgerView) -> int:
    last = ledger.last_event(ReferenceAdopted, Received, Judged, Released, Rejected, Withdrawn)
    return last.seq if last else 0
