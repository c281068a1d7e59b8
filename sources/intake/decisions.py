"""Decisions: what a named post does with one submission: release it, reject it, or withdraw it.

Here belongs what may be decided in which state, by which permission, and that the sender is told.
Not here: what a post may do (``reference.authority``), what the events make of a submission (``custody.submission``),
and judging again what was released (``intake``). Only the holder of the home's lock may decide.

Source: R42, R54; the return specification, severity H.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sources.clock import Clock
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Decision, Rejected, Released, Withdrawn
from sources.custody.submission import AcceptedSubmission, JudgedSubmission, State, Submission, held_by
from sources.findings.listing import listed
from sources.home import Home
from sources.intake.adoption import reference_in_force
from sources.receipts.receipt import receipt_path, write_missing_receipts
from sources.reference.authority import Signature, authorise


class DecisionRefusedError(Exception):
    """A submission cannot be decided so, or there is none of that id; it says why."""


@dataclass(frozen=True)
class _Rule:
    """What a decision takes.

    Attributes:
        payload: What its event says.
        state: The state that it can be made in.
        permission: What the post must be given in ``post.csv``.
        is_barred_to_own: Whether a post of the directorate whose return it is may not.
    """

    payload: type[Decision]
    state: State
    permission: str
    is_barred_to_own: bool


_RULES = {
    EventKind.RELEASED: _Rule(Released, State.HELD, "hold", is_barred_to_own=True),
    EventKind.REJECTED: _Rule(Rejected, State.HELD, "hold", is_barred_to_own=False),
    EventKind.WITHDRAWN: _Rule(Withdrawn, State.ACCEPTED, "withdraw", is_barred_to_own=True),
}


@dataclass(frozen=True)
class Decided:
    """What came of a decision.

    Attributes:
        submission: As it stands now.
        receipt: Where its sender reads of it.
        in_force: What is in force now for its directorate, year and period; None if nothing.
    """

    submission: JudgedSubmission
    receipt: Path
    in_force: AcceptedSubmission | None


@dataclass(frozen=True)
class Held:
    """A submission that waits for a post.

    Attributes:
        submission: The submission.
        overtaken_by: What was received later and is in force: then it can only be rejected (R42).
    """

    submission: JudgedSubmission
    overtaken_by: AcceptedSubmission | None


def held(ledger: LedgerView) -> list[Held]:
    """Return every held submission, in order of receipt."""
    found = (each for each in ledger.judged() if each.state is State.HELD)
    return [Held(each, ledger.overtaken_by(each)) for each in found]


def find(ledger: LedgerView, start: str) -> Submission:
    """Return the submission of an id, or the one whose id alone starts so.

    Raises:
        DecisionRefusedError: If there is none, or more than one.
    """
    found = [each for each in ledger.submissions() if start and each.submission_id.startswith(start)]
    exact = [each for each in found if each.submission_id == start]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        ids = listed((each.submission_id for each in found), most=5)
        raise DecisionRefusedError(
            f"The ids of {len(found)} submissions start with '{start}': {ids}. Write more of it."
        )
    raise DecisionRefusedError(f"There is no submission '{start}'. `savings hold list` names those that are held.")


def decide(
    home: Home, ledger: Ledger, clock: Clock, kind: EventKind, submission: Submission, asked: Signature
) -> Decided:
    """Let a post release, reject or withdraw a submission, and tell its sender.

    Args:
        home: Holds the receipts.
        ledger: Records the decision.
        clock: The time of it.
        kind: RELEASED, REJECTED or WITHDRAWN.
        submission: As it stands.
        asked: Who decides, and why.

    Raises:
        AuthorityError: If the folder in force does not let the post do that.
        DecisionRefusedError: If the submission is in no state for it.
        CustodyProblem: If event or receipt cannot be written.
    """
    rule = _RULES[kind]
    directorates = (submission.directorate_code, submission.reports_for) if rule.is_barred_to_own else ()
    signed = authorise(reference_in_force(ledger), rule.permission, asked, directorates)
    _check_state(kind, submission, ledger)
    # A verdict that a killed run did not tell comes first: each has a receipt of its own.
    write_missing_receipts(home, ledger)
    ledger.record(clock, _said(rule.payload, ledger.judged_submission(submission.submission_id), signed))
    write_missing_receipts(home, ledger)
    now = ledger.judged_submission(submission.submission_id)
    return Decided(now, receipt_path(home, now), ledger.in_force_for(now))


def _said(payload: type[Decision], submission: JudgedSubmission, signed: Mapping[str, str]) -> Decision:
    """Return what the event says: a release holds for the findings that were shown, and for no other (ruling D-2)."""
    if payload is Released:
        shown = held_by(submission.findings)
        return Released(submission_id=submission.submission_id, held_by=shown, **signed)
    return payload(submission_id=submission.submission_id, **signed)


def _check_state(kind: EventKind, submission: Submission, ledger: LedgerView) -> None:
    rule = _RULES[kind]
    if submission.state is not rule.state:
        raise DecisionRefusedError(
            f"{submission.submission_id} is {submission.state.value}; "
            f"only what is {rule.state.value} can be {kind.value}. Nothing was done."
        )
    if kind is EventKind.RELEASED and (newer := ledger.overtaken_by(submission)):
        raise DecisionRefusedError(
            f"{submission.submission_id} was overtaken: {newer.submission_id}, received later, is in force for "
            f"{newer.financial_year} {newer.reporting_period}. It can only be rejected. Nothing was done."
        )
