"""What stands of each return that is due or came: in force, late, overdue, carried, as of a moment.

Here belongs what depends on the time of asking (R55), so that the build need not read a clock: for
what a command prints, for the templates that are offered (``due_templates``) and for a directorate's
desk. Not here: how it is laid out (``orchestration.printouts``), and what a return says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sources.clock import LONDON
from sources.custody.submission import JudgedSubmission, Place, State, in_force
from sources.reference.reference import Reference

NOT_RECEIVED = "NOT_RECEIVED"
# They say nothing: another file of the same period was judged in their place.
_NOT_OF_A_PERIOD = frozenset({State.DUPLICATE, State.OVERTAKEN})
A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class Cell:
    """What stands of one directorate for one period.

    Attributes:
        directorate_code: The directorate whose figures are due (F10).
        financial_year: The reporting year.
        reporting_period: The reporting period.
        due_date: The last day, in London, on which the return is in time.
        state: Of the return in force; where there is none, of what came last; ``NOT_RECEIVED``
            where nothing did.
        submission_id: Which return that is.
        folder_code: The folder that sent it: the directorate's own, or its successor's (R23).
        version_no: Its version.
        certification: ``Provisional`` or ``Certified``, as accepted.
        received_at: When it was received, UTC.
        days_late: Days after the due day on which the return in force came; where none is in
            force, days that have passed since.
        is_overdue: The due day has passed within the last year, and no return is in force: its sender is asked for it.
        is_missed: It passed longer ago, and none is in force: nobody is asked for it any more.
        carried_from: The earlier period of the year whose figures stand for this one (R16, R38).
        held_version_no: A later version that waits for a named post's decision.
        blocked_version_no: A later version that was not accepted, the last of them.
    """

    directorate_code: str
    financial_year: str
    reporting_period: str
    due_date: date
    state: str
    submission_id: str | None
    folder_code: str | None
    version_no: int | None
    certification: str
    received_at: datetime | None
    days_late: int
    is_overdue: bool
    is_missed: bool
    carried_from: str | None
    held_version_no: int | None
    blocked_version_no: int | None

    def is_due_within_a_year(self, now: datetime) -> bool:
        """Return whether its due day is a year before or after a moment at most: what was missed earlier is past."""
        return abs(self.due_date - now.astimezone(LONDON).date()) <= A_YEAR


def standing(submissions: Sequence[JudgedSubmission], reference: Reference, now: datetime) -> list[Cell]:
    """Return a cell for each return that is expected (R39) or came, in the order of the calendar.

    Args:
        submissions: All that a verdict was given on, in order of receipt, with their true times.
        reference: The calendar, and whose return is expected.
        now: The time of asking.
    """
    return list(_Standing(submissions, reference, now).cells())


class _Standing:
    """The returns by place, and what follows from them at one moment."""

    def __init__(self, submissions: Sequence[JudgedSubmission], reference: Reference, now: datetime) -> None:
        self._reference = reference
        self._today = now.astimezone(LONDON).date()
        self._sent: dict[Place, list[JudgedSubmission]] = {}
        for each in submissions:
            if each.financial_year and each.reporting_period and each.state not in _NOT_OF_A_PERIOD:
                place = (each.reports_for, each.financial_year, each.reporting_period)
                self._sent.setdefault(place, []).append(each)
        self._in_force = in_force(submissions)

    def cells(self) -> Iterator[Cell]:
        """Yield a cell for each return that is expected (R39) or came, in the order of the calendar."""
        directorates = sorted({row["directorate_code"] for row in self._reference.tables["directorate"]})
        for row in self._reference.tables["reporting_calendar"]:
            for directorate in directorates:
                place = (directorate, row["financial_year"], row["reporting_period"])
                if place in self._sent or self._reference.is_expected(*place):
                    yield self._cell(place, row["return_due_date"])

    def _cell(self, place: Place, due: date) -> Cell:
        sent, stands = self._sent.get(place, []), self._in_force.get(place)
        about = stands or (sent[-1] if sent else None)
        is_lacking, is_long_ago = stands is None and self._today > due, self._today - due > A_YEAR
        since = stands.received_at.astimezone(LONDON).date() if stands else self._today
        return Cell(
            *place,
            due_date=due,
            state=about.state.value if about else NOT_RECEIVED,
            submission_id=about.submission_id if about else None,
            folder_code=about.directorate_code if about else None,
            version_no=about.version_no if about else None,
            certification=about.certification if about else "",
            received_at=about.received_at if about else None,
            days_late=max(0, (since - due).days),
            is_overdue=is_lacking and not is_long_ago,
            is_missed=is_lacking and is_long_ago,
            carried_from=self._carried_from(place),
            held_version_no=_last_version(sent, State.HELD, stands),
            blocked_version_no=_last_version(sent, State.BLOCKED, stands),
        )

    def _carried_from(self, place: Place) -> str | None:
        """Return the period whose figures stand for one that is open and has none of its own (R38)."""
        directorate, year, period = place
        is_open = any(other_year == year and other >= period for _, other_year, other in self._in_force)
        if place in self._in_force or not is_open:
            return None
        own = [other for code, other_year, other in self._in_force if (code, other_year) == (directorate, year)]
        return max((other for other in own if other < period), default=None)


def _last_version(sent: Sequence[JudgedSubmission], state: State, stands: JudgedSubmission | None) -> int | None:
    """Return the version of what came last in that state after the return in force."""
    after = stands.receipt_seq if stands else 0
    return max(
        (each.version_no or 0 for each in sent if each.state is state and each.receipt_seq > after), default=None
    )
