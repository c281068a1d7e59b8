"""Who has returned what, and what is overdue now: a directorate and each period for which a return is due or came.

Here belongs what depends on the time of asking (R55), so that the build need not read a clock. Not
here: how it is laid out (``status_text``), and the published history of returns
(``rpt_submission_status``). Light, and read-only: it answers during a load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from publishing.pointer import current
from sources.clock import LONDON
from sources.custody import landing
from sources.custody.events import Event, EventKind
from sources.custody.ledger import LedgerView
from sources.custody.problems import naming_the_place
from sources.custody.submission import State, Submission
from sources.home import Home
from sources.reference.reference import Reference

NOT_RECEIVED = "NOT_RECEIVED"
_GOOD_ENDS = (EventKind.PUBLISHED, EventKind.SAME_CONTENT, EventKind.NIGHT_CHECKED)
Place = tuple[str, str, str]  # directorate, financial year, reporting period


@dataclass(frozen=True)
class Cell:
    """What stands of one directorate for one period.

    Attributes:
        directorate_code: The directorate whose figures are due.
        financial_year: The reporting year.
        reporting_period: The reporting period.
        due_date: The last day, in London, on which the return is in time.
        state: Of the return in force; where there is none, of what came last; ``NOT_RECEIVED``
            where nothing did.
        submission_id: Which return that is.
        version_no: Its version.
        certification: ``Provisional`` or ``Certified``, as accepted.
        received_at: When it was received, UTC.
        days_late: Days after the due day on which the return in force came; where none is in
            force, days that have passed since.
        is_overdue: The due day has passed, and no return is in force.
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
    version_no: int | None
    certification: str
    received_at: datetime | None
    days_late: int
    is_overdue: bool
    carried_from: str | None
    held_version_no: int | None
    blocked_version_no: int | None


@dataclass(frozen=True)
class File:
    """A file that waits: in landing, for its verdict or for a decision."""

    directorate_code: str
    file_name: str
    submission_id: str | None = None


@dataclass(frozen=True)
class Status:
    """Everything that `savings status` tells.

    Attributes:
        as_of: When it was asked, UTC.
        cells: By year, period and directorate.
        in_landing: What has not been taken in yet.
        unjudged: What was taken in and waits for a verdict.
        held: What waits for a named post's decision.
        last_load_at: When a load last came to a good end, UTC; None before the first.
        release_id: The release that readers have; None before the first.
        published_at: When it was published, UTC.
    """

    as_of: datetime
    cells: Sequence[Cell]
    in_landing: Sequence[File]
    unjudged: Sequence[File]
    held: Sequence[File]
    last_load_at: datetime | None
    release_id: str | None
    published_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """Return all of it for a machine; days and times in ISO."""
        return {name: _as_json(value) for name, value in asdict(self).items()}


def status_of(home: Home, ledger: LedgerView, reference: Reference, now: datetime) -> Status:
    """Return what stands, what waits and what is overdue.

    Args:
        home: The warehouse; its landing is looked at.
        ledger: What was received and decided.
        reference: The calendar, and whose return is expected.
        now: The time of asking.

    Raises:
        CustodyProblem: If landing cannot be read.
    """
    submissions = ledger.submissions()
    with naming_the_place("Looking into landing", home.landing):
        waiting = landing.waiting(home.landing)
    release, published = current(home), ledger.events_of(EventKind.PUBLISHED)
    last_good_end = ledger.last_event(*_GOOD_ENDS)
    return Status(
        as_of=now.astimezone(UTC),
        cells=tuple(_Standing(submissions, reference, now).cells()),
        in_landing=tuple(File(each.directorate_code, each.name) for each in waiting),
        unjudged=tuple(_files(submissions, State.WAITING)),
        held=tuple(_files(submissions, State.HELD)),
        last_load_at=last_good_end.at if last_good_end else None,
        release_id=release.name if release else None,
        published_at=next((event.at for event in reversed(published) if _is_of(event, release)), None),
    )


class _Standing:
    """The returns by place, and what follows from them at one moment."""

    def __init__(self, submissions: Sequence[Submission], reference: Reference, now: datetime) -> None:
        self._reference = reference
        self._today = now.astimezone(LONDON).date()
        self._sent: dict[Place, list[Submission]] = {}
        for each in submissions:
            if each.financial_year and each.reporting_period and each.state is not State.DUPLICATE:
                place = (each.reports_for, each.financial_year, each.reporting_period)
                self._sent.setdefault(place, []).append(each)
        # In order of receipt, so that the one received last remains (R42).
        self._in_force: Mapping[Place, Submission] = {
            place: each for place, sent in self._sent.items() for each in sent if each.state is State.ACCEPTED
        }

    def cells(self) -> Iterator[Cell]:
        """Yield a cell for each return that is expected (R39) or came, in the order of the calendar."""
        directorates = sorted({row["directorate_code"] for row in self._reference.tables["directorate"]})
        for row in self._reference.tables["reporting_calendar"]:
            for directorate in directorates:
                place = (directorate, row["financial_year"], row["reporting_period"])
                if place in self._sent or self._reference.is_expected(*place):
                    yield self._cell(place, row["return_due_date"])

    def _cell(self, place: Place, due: date) -> Cell:
        sent, in_force = self._sent.get(place, []), self._in_force.get(place)
        about = in_force or (sent[-1] if sent else None)
        since = in_force.received_at.astimezone(LONDON).date() if in_force else self._today
        return Cell(
            *place,
            due_date=due,
            state=about.state.value if about else NOT_RECEIVED,
            submission_id=about.submission_id if about else None,
            version_no=about.version_no if about else None,
            certification=about.certification if about else "",
            received_at=about.received_at if about else None,
            days_late=max(0, (since - due).days),
            is_overdue=in_force is None and self._today > due,
            carried_from=self._carried_from(place),
            held_version_no=_last_version(sent, State.HELD, in_force),
            blocked_version_no=_last_version(sent, State.BLOCKED, in_force),
        )

    def _carried_from(self, place: Place) -> str | None:
        """Return the period whose figures stand for one that is open and has none of its own (R38)."""
        directorate, year, period = place
        is_open = any(other_year == year and other >= period for _, other_year, other in self._in_force)
        if place in self._in_force or not is_open:
            return None
        own = [other for code, other_year, other in self._in_force if (code, other_year) == (directorate, year)]
        return max((other for other in own if other < period), default=None)


def _last_version(sent: Sequence[Submission], state: State, in_force: Submission | None) -> int | None:
    """Return the version of what came last in that state after the return in force."""
    after = in_force.receipt_seq if in_force else 0
    return max(
        (each.version_no or 0 for each in sent if each.state is state and each.receipt_seq > after), default=None
    )


def _files(submissions: Sequence[Submission], state: State) -> Iterator[File]:
    for each in submissions:
        if each.state is state:
            yield File(each.directorate_code, each.file_name, each.submission_id)


def _is_of(event: Event, release: Path | None) -> bool:
    return release is not None and event.payload["release_id"] == release.name


def _as_json(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
