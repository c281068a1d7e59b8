"""All that `savings status` says: who has returned what, what waits, the last load and the release.

Here belongs what is gathered for it. Not here: what stands of each return (``intake.standing``), how
it is laid out (``status_text``), and the published history of returns (``rpt_submission_status``).
Light, and read-only: it answers during a load.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from orchestration.ends_of_loads import FailedLoad, failed_load, last_good_end
from publishing.pointer import current
from sources.custody import landing
from sources.custody.events import Event
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Published
from sources.custody.problems import naming_the_place
from sources.custody.submission import State, Submission
from sources.custody.true_times import judged_at_true_times
from sources.home import Home
from sources.intake.standing import Cell, standing
from sources.reference.reference import Reference


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
        failed_load: The load that failed since, or has not ended; None if there is none.
        release_id: The release that readers have; None before the first.
        published_at: When it was published, UTC.
    """

    as_of: datetime
    cells: Sequence[Cell]
    in_landing: Sequence[File]
    unjudged: Sequence[File]
    held: Sequence[File]
    last_load_at: datetime | None
    failed_load: FailedLoad | None
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
    release, published = current(home), ledger.events_of(Published)
    good_end = last_good_end(ledger)
    return Status(
        as_of=now.astimezone(UTC),
        cells=tuple(standing(judged_at_true_times(ledger), reference, now)),
        in_landing=tuple(File(each.directorate_code, each.name) for each in waiting),
        unjudged=tuple(_files(submissions, State.WAITING)),
        held=tuple(_files(submissions, State.HELD)),
        last_load_at=good_end.at if good_end else None,
        failed_load=failed_load(home, good_end),
        release_id=release.name if release else None,
        published_at=next((event.at for event in reversed(published) if _is_of(event, release)), None),
    )


def _files(submissions: Sequence[Submission], state: State) -> Iterator[File]:
    for each in submissions:
        if each.state is state:
            yield File(each.directorate_code, each.file_name, each.submission_id)


def _is_of(event: Event[Published], release: Path | None) -> bool:
    return release is not None and event.payload.release_id == release.name


def _as_json(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
