"""A submission: one received file, and the stage that the events about it have brought it to.

Here belong the stages, a type each (received and waiting, judged, accepted), and what each kind of
event does to a submission; nothing is read or written. Not here: where the events are
(``custody.event_chain``), which submissions there are and which is in force (``custody.submissions_asked``).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from pydantic import TypeAdapter

from sources.custody.events import Event
from sources.custody.payloads import Decision, Judged, Received, Rejected, Released, Withdrawn
from sources.findings.findings import Finding, Severity, Verdict


class State(StrEnum):
    """Where a submission stands; whether it is superseded follows from the others (R42)."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    HELD = "held"
    BLOCKED = "blocked"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    OVERTAKEN = "overtaken"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


# Identical bytes are judged as new once what came before is one of these (R12).
LET_GO = frozenset({State.REJECTED, State.WITHDRAWN, State.OVERTAKEN})
# A verdict that is reached anew when plan, contract or what is in force has changed (R53).
JUDGED_AGAIN = frozenset({State.BLOCKED, State.REFUSED})
# What a sender is told of such a verdict.
_TOLD = ("verdict", "refusal_code", "version_no", "fields", "findings")
# Refusals that may be this machine's doing or ours: such a file is tried once more (F-D11).
TRIED_TWICE = frozenset({"too-slow", "parser-failed", "check-failed"})


Place = tuple[str, str, str]  # directorate, financial year, reporting period


@dataclass(frozen=True, kw_only=True)
class Submission(Received):
    """One received file: what its RECEIVED event says, and when. By itself, it waits for its first verdict.

    Attributes:
        receipt_seq: The RECEIVED event's number: the order of receipt.
        received_at: UTC; the declared time where ``is_receipt_declared`` (R55).
        state: Where it stands.
    """

    receipt_seq: int
    received_at: datetime
    state: State = State.WAITING

    @property
    def is_to_be_tried_again(self) -> bool:
        """Whether it was refused for what may have been a busy machine, and for the first time."""
        return False

    @property
    def stem(self) -> str:
        """The part of the id that every receipt of the same bytes from the same folder shares."""
        return self.submission_id.removesuffix(f"-{self.receipt_no}") if self.receipt_no > 1 else self.submission_id

    @property
    def reports_for(self) -> str:
        """The directorate whose figures it has; the folder's, until it is read."""
        return self.directorate_code

    @property
    def financial_year(self) -> str | None:
        """The reporting year on its Return sheet; None until it is known."""
        return None

    @property
    def reporting_period(self) -> str | None:
        """The reporting period on its Return sheet; None until it is known."""
        return None


@dataclass(frozen=True, kw_only=True)
class JudgedSubmission(Submission, Judged):
    """A submission that a verdict was given on, whatever was: the last verdict, and what a post decided since.

    Attributes:
        judged_at: When the last verdict was given that said anything new.
        judged_seq: The event of that verdict.
        failed_tries: How many verdicts in a row were one of ``TRIED_TWICE``.
        is_released: Whether a post released it after it was held; it is then judged again.
        released_from: The findings that the post released it from (``held_by``).
        decided_seq: The last event by which a post released, rejected or withdrew it; None if none did.
    """

    judged_at: datetime
    judged_seq: int
    failed_tries: int = 0
    is_released: bool = False
    released_from: tuple[str, ...] = ()
    decided_seq: int | None = None

    @property
    def is_to_be_tried_again(self) -> bool:
        """Whether it was refused for what may have been a busy machine, and for the first time."""
        return self.state is State.REFUSED and self.failed_tries == 1

    @property
    def told_seq(self) -> int:
        """The event of which its sender was told last: a verdict or a post's decision."""
        return max(self.judged_seq, self.decided_seq or 0)

    @property
    def reports_for(self) -> str:
        """The directorate whose figures it has: the one on its Return sheet, else the folder's (R23)."""
        return str(self.fields.get("directorate_code") or self.directorate_code)

    @property
    def financial_year(self) -> str | None:
        """The reporting year on its Return sheet; None if unknown."""
        return self.fields.get("reporting_year")

    @property
    def reporting_period(self) -> str | None:
        """The reporting period on its Return sheet; None if unknown."""
        return self.fields.get("reporting_period")

    def count(self, severity: Severity) -> int:
        """Return how many findings have that severity."""
        return sum(finding.severity is severity for finding in self.findings)


@dataclass(frozen=True, kw_only=True)
class AcceptedSubmission(JudgedSubmission):
    """A submission whose last verdict accepted it: in force while it is the last such of its period (R42).

    Attributes:
        version_no: Its number for its directorate, year and period.
        withdrawn_at: When a post withdrew it (R54); None unless one did.
    """

    version_no: int
    withdrawn_at: datetime | None = None

    @property
    def financial_year(self) -> str:
        """The reporting year on its Return sheet."""
        return str(self.fields["reporting_year"])

    @property
    def reporting_period(self) -> str:
        """The reporting period on its Return sheet."""
        return str(self.fields["reporting_period"])

    @property
    def accepted_at(self) -> datetime:
        """When its figures began to be known."""
        return self.judged_at


def held_by(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the findings that hold a return, each so that another one is told from it (ruling D-2)."""
    return tuple(
        " ".join((finding.rule, finding.sheet, finding.cell, finding.value_shown, *finding.also_at))
        for finding in findings
        if finding.severity is Severity.HOLD
    )


def received(event: Event[Received]) -> Submission:
    """Return the submission that a RECEIVED event opens."""
    return Submission(**vars(event.payload), receipt_seq=event.seq, received_at=event.at)


def judged(submission: Submission, event: Event[Judged]) -> JudgedSubmission:
    """Return what a verdict makes of a submission."""
    verdict = event.payload
    before = submission if isinstance(submission, JudgedSubmission) else None
    tries = before.failed_tries if before else 0
    kept = {item.name: getattr(submission, item.name) for item in dataclasses.fields(Submission)}
    said = kept | vars(verdict) | {"state": State(verdict.verdict.value)}
    stage = AcceptedSubmission if verdict.verdict is Verdict.ACCEPTED else JudgedSubmission
    stands = before is not None and _is_said_again(before, verdict)
    return stage(
        **said,
        judged_at=before.judged_at if before and stands else event.at,
        judged_seq=before.judged_seq if before and stands else event.seq,
        failed_tries=tries + 1 if verdict.refusal_code in TRIED_TWICE else 0,
        is_released=before is not None and before.is_released,
        released_from=before.released_from if before else (),
        decided_seq=before.decided_seq if before else None,
    )


def _is_said_again(before: JudgedSubmission, verdict: Judged) -> bool:
    """Return whether a verdict says what the one before said: then that one stands, and its sender is told no more."""
    return before.state in JUDGED_AGAIN and all(getattr(before, name) == getattr(verdict, name) for name in _TOLD)


def decided(submission: Submission, event: Event[Decision]) -> JudgedSubmission:
    """Return what a post's decision makes of a submission.

    Raises:
        ValueError: If it is none that this version knows, or one that needs another stage.
    """
    match submission, event.payload:
        case JudgedSubmission(), Released(held_by=held_by):
            waits = dataclasses.replace(submission, decided_seq=event.seq, state=State.WAITING)
            return dataclasses.replace(waits, is_released=True, released_from=tuple(held_by))
        case JudgedSubmission(), Rejected():
            return dataclasses.replace(submission, decided_seq=event.seq, state=State.REJECTED)
        case AcceptedSubmission(), Withdrawn():
            return dataclasses.replace(submission, decided_seq=event.seq, state=State.WITHDRAWN, withdrawn_at=event.at)
    raise ValueError(f"{submission.submission_id} is {submission.state.value}: it cannot be {event.kind.value}")


def received_last(accepted: Iterable[AcceptedSubmission]) -> dict[Place, AcceptedSubmission]:
    """Return of accepted submissions the one of each directorate, year and period that was received last (R42)."""
    in_order = sorted(accepted, key=lambda each: each.receipt_seq)
    return {(each.reports_for, each.financial_year, each.reporting_period): each for each in in_order}


def in_force(submissions: Iterable[Submission]) -> dict[Place, AcceptedSubmission]:
    """Return what is in force for each directorate, year and period: accepted, and not withdrawn (R42, R54)."""
    return received_last(
        each for each in submissions if isinstance(each, AcceptedSubmission) and each.state is State.ACCEPTED
    )


def as_json(submission: Submission) -> str:
    """Return a submission as the ledger keeps it."""
    return str(_adapters()[type(submission)].dump_json(submission).decode())


# A night asks a dozen times for all submissions; those of thirty years fit.
@lru_cache(maxsize=4096)
def from_json(text: str) -> Submission:
    """Return the submission that ``as_json`` wrote; a stage is told by what is known of it."""
    verdict = json.loads(text).get("verdict")
    judged_as = AcceptedSubmission if verdict == Verdict.ACCEPTED else JudgedSubmission
    submission: Submission = _adapters()[judged_as if verdict else Submission].validate_json(text)
    return submission


@cache
def _adapters() -> dict[type[Submission], TypeAdapter[Any]]:
    return {stage: TypeAdapter(stage) for stage in (Submission, JudgedSubmission, AcceptedSubmission)}
