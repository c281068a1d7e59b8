"""Putting a reference folder in force: kept in the vault, and said what it changes in pounds.

Here belongs the event that from now on returns are judged by another folder, when that takes a
named post, and which folder judges and builds meanwhile. Not here: reading a folder and what is wrong
with it (``reference``), what of it only a post may change (``reference.governed``), and what a post may
do (``reference.authority``).

Source: ruling D-1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sources.clock import LONDON, Clock, fixed_clock
from sources.custody.events import Event
from sources.custody.history_list import read_history
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import ReferenceAdopted, Tagged
from sources.findings.listing import listed
from sources.findings.wording import pounds
from sources.intake.vanished import vanished_in_use
from sources.reference.authority import AuthorityError, Signature, authorise
from sources.reference.folder_settings import unreadable_settings
from sources.reference.governed import governed_changes
from sources.reference.plan import AFTER_EVERYTHING, Period
from sources.reference.reference import (
    Reference,
    ReferenceProblem,
    read_kept_reference,
    read_reference,
    reference_sha256,
)

_JUST_BEFORE = timedelta(microseconds=1)

# A directorate's pounds of a plan year before and after, as texts; null where there is no plan, or none known.
PlanChange = Mapping[str, str | None]


class PostNeededError(Exception):
    """A folder changes what only a post may change, and no named post has adopted it."""


class StillUsedError(AuthorityError):
    """A folder leaves out what returns use: no load and no post may put it in force."""


def adopt_reference(
    reference: Reference,
    ledger: Ledger,
    clock: Clock,
    history: Path | None = None,
    signed: Mapping[str, str] | None = None,
) -> Event[ReferenceAdopted] | None:
    """Put a reference folder in force, unless it is the one in force.

    Args:
        reference: What returns are judged by from now on.
        ledger: Records the adoption, with the pounds that it moves; its vault keeps the folder.
        clock: The time of the adoption.
        history: A list of declared receipt times about to be taken in: in a fresh home the
            adoption is set just before the first of them, so that it precedes what it judges (R55).
        signed: post, os_account and reason of a post that may; None where a load adopts by itself.

    Returns:
        The REFERENCE_ADOPTED event; None if nothing was adopted.

    Raises:
        PostNeededError: If it takes a named post, and none signed.
        StillUsedError: If the folder leaves out what returns use.
        HistoryProblem: If the list cannot be read.
        CustodyProblem: If the folder cannot be kept.
    """
    before = ledger.last_event(ReferenceAdopted)
    if before and before.payload.reference_sha256 == reference.sha256:
        return None
    if left_out := still_used(reference, ledger):
        raise StillUsedError(_left_out(left_out))
    if signed is None and (reasons := needs_a_post(reference, ledger)):
        raise PostNeededError(_needs_a_post(reasons))
    changes = changes_in_pounds(reference, ledger)
    ledger.vault.keep_reference(reference.folder, reference.sha256)
    if history is not None and ledger.last_seq() == 0 and (entries := read_history(history)):
        clock = fixed_clock(entries[0].received_at - _JUST_BEFORE)
    payload = ReferenceAdopted(reference_sha256=reference.sha256, changes=changes, **(signed or {}))
    return ledger.record(clock, payload)


def adopt_by_post(
    reference: Reference, ledger: Ledger, clock: Clock, asked: Signature
) -> Event[ReferenceAdopted] | None:
    """Put a reference folder in force by a named post; None if it is the one in force.

    Raises:
        AuthorityError: If the folder in force does not let the post do that, or the folder leaves out what
            returns use.
        CustodyProblem: If the folder cannot be kept.
    """
    signed = authorise(reference_in_force(ledger), "adopt", asked)
    return adopt_reference(reference, ledger, clock, signed=signed)


def reference_in_force(ledger: LedgerView) -> Reference | None:
    """Return the folder that was adopted last, as the vault keeps it; None before the first."""
    adoption = ledger.last_event(ReferenceAdopted)
    if adoption is None:
        return None
    sha256 = adoption.payload.reference_sha256
    return read_kept_reference(ledger.vault.reference_folder(sha256), sha256)


def adopt_folder(
    folder: Path, ledger: Ledger, clock: Clock, history: Path | None = None
) -> Event[ReferenceAdopted] | None:
    """Put a folder in force if a load may; one that it may not, or cannot read, leaves the last one in force.

    Raises:
        ReferenceProblem: If the folder cannot be read and none is in force.
        HistoryProblem: If the list cannot be read.
        CustodyProblem: If the folder cannot be kept.
    """
    if ledger.last_event(ReferenceAdopted) is None:
        return adopt_reference(read_reference(folder), ledger, clock, history)
    try:
        return adopt_reference(read_reference(folder), ledger, clock, history)
    except (PostNeededError, StillUsedError, ReferenceProblem):
        return None  # ``why_not_in_force`` says so


def why_not_in_force(folder: Path, ledger: LedgerView) -> str:
    """Return why a load leaves the last folder in force; empty where it is this one, or a load would adopt this one."""
    adoption = ledger.last_event(ReferenceAdopted)
    if adoption is None or adoption.payload.reference_sha256 == reference_sha256(folder):
        return ""
    try:
        reference = read_reference(folder)
    except ReferenceProblem as problem:
        return f"The new reference data are not in force. {problem}\n{_meanwhile(adoption)}"
    if left_out := still_used(reference, ledger):
        return f"{_left_out(left_out)} {_meanwhile(adoption)}"
    reasons = needs_a_post(reference, ledger)
    return f"{_needs_a_post(reasons)} {_meanwhile(adoption)}" if reasons else ""


def waiting_reference(folder: Path, ledger: LedgerView) -> str:
    """Return the hash of a folder that a load leaves out of force; empty where it does not."""
    return reference_sha256(folder) if why_not_in_force(folder, ledger) else ""


def judging_reference(ledger: LedgerView) -> Reference:
    """Return the folder in force, whole: what returns are judged by.

    What its lists say of one another was checked by the rules of the day on which it was adopted. A rule that
    came later holds for the next folder: nobody can correct this one.

    Raises:
        ReferenceProblem: If this version cannot read it, or a setting of it.
        LookupError: If none is in force.
    """
    adoption = ledger.last_event(ReferenceAdopted)
    if adoption is None:
        raise LookupError("No reference folder is in force yet.")
    reference = read_reference(ledger.vault.reference_folder(adoption.payload.reference_sha256), was_adopted=True)
    if problems := list(unreadable_settings(reference.tables)):
        raise ReferenceProblem(reference.folder, problems)
    return reference


def reference_of_next_load(folder: Path, ledger: LedgerView) -> Reference:
    """Return what a load would judge by now: the folder if it is in force or would be adopted, else the one in force.

    Raises:
        ReferenceProblem: If this version cannot read it.
    """
    adoption = ledger.last_event(ReferenceAdopted)
    is_in_force = adoption is not None and adoption.payload.reference_sha256 == reference_sha256(folder)
    return judging_reference(ledger) if is_in_force or why_not_in_force(folder, ledger) else read_reference(folder)


def needs_a_post(reference: Reference, ledger: LedgerView) -> tuple[str, ...]:
    """Return, in words, what of a folder only a post may put in force; the first of a home needs none."""
    in_force = reference_in_force(ledger)
    if in_force is None:
        return ()
    governed = [f"they change {listed(files)}" for files in [governed_changes(in_force, reference)] if files]
    moves = [
        f"they move pounds that a tagged report prints ({listed(moved)})"
        for moved in [printed_moves(reference, ledger)]
        if moved
    ]
    return (*governed, *moves)


def still_used(reference: Reference, ledger: LedgerView) -> tuple[str, ...]:
    """Return, in words, what a folder leaves out although returns use it; the first of a home leaves nothing out."""
    in_force = reference_in_force(ledger)
    return vanished_in_use(reference, in_force, ledger) if in_force else ()


def changes_in_pounds(reference: Reference, ledger: LedgerView) -> list[PlanChange]:
    """Return each directorate and plan year whose pounds a folder changes against the one in force."""
    return _changes(_comparable(ledger), reference, AFTER_EVERYTHING)


def changes_adopted_since(ledger: LedgerView, seq: int) -> Sequence[PlanChange] | None:
    """Return what the folder adopted after an event changed in pounds; None if none was, or the first of all."""
    return next((event.payload.changes for event in ledger.adoptions()[1:] if event.seq > seq), None)


def printed_moves(reference: Reference, ledger: LedgerView) -> list[str]:
    """Return, in words, the pounds that a folder would move although a tagged report prints their plan year.

    A report prints the plan years of its testable claims, at their period and with all that is
    decided. The claims in force count beside the folder's own: a new folder may not leave out what
    it is measured by.
    """
    tagged = {event.payload.report_code for event in ledger.events_of(Tagged)}
    folders = [folder for folder in (reference_in_force(ledger), reference) if folder]
    claims = [row for folder in folders for row in folder.tables["published_claim"] if row["is_testable"]]
    printed = sorted({_printed(row) for row in claims if row["report_code"] in tagged})
    before = _comparable(ledger) if printed else None
    moved: dict[tuple[str, str, str], str] = {}
    for report, plan_year, at in printed:
        for moment in (at, AFTER_EVERYTHING):
            for change in _changes(before, reference, moment):
                if change["plan_year"] == plan_year:
                    moved.setdefault((report, plan_year, str(change["directorate_code"])), _in_words(change))
    return [f"{report}: {words}" for (report, _, _), words in moved.items()]


def _printed(claim: Mapping[str, str]) -> tuple[str, str, Period]:
    """Return a testable claim's report, its plan year, and the period that it is of."""
    year, _, period = (claim["warehouse_period"] or "").partition(" ")
    return claim["report_code"], claim["financial_year"], (year, period) if period else AFTER_EVERYTHING


def _needs_a_post(reasons: Sequence[str]) -> str:
    return (
        f"The new reference data are not in force: {' and '.join(reasons)}. A post has to adopt them: "
        "`savings reference adopt --post POST --reason REASON`. `savings reference show` says what they change."
    )


def _left_out(what: Sequence[str]) -> str:
    return f"The new reference data are not in force: they leave out what returns use. {'. '.join(what)}."


def _meanwhile(adoption: Event[ReferenceAdopted]) -> str:
    day = adoption.at.astimezone(LONDON)
    return f"Until then the folder adopted on {day.day} {day:%B %Y} judges returns and gives the figures."


def _in_words(change: PlanChange) -> str:
    before, after = (
        "none" if (text := change[name]) is None else pounds(Decimal(text)) for name in ("before_gbp", "after_gbp")
    )
    return f"{change['directorate_code']} {change['plan_year']} from {before} to {after}"


def plan_totals(reference: Reference, at: Period = AFTER_EVERYTHING) -> dict[tuple[str, str], Decimal]:
    """Return the planned pounds by directorate and plan year, with every change that is effective by then."""
    totals: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for directorate in {row["directorate_code"] for row in reference.tables["directorate"]}:
        for line in reference.plan_lines(directorate, *at):
            totals[directorate, line.plan_year] += line.baseline_gbp
    return dict(totals)


def _changes(before: Reference | None, after: Reference, at: Period) -> list[PlanChange]:
    """Return each directorate and plan year whose pounds differ; null where there is no plan, or none known."""
    old = plan_totals(before, at) if before else {}
    new = plan_totals(after, at)
    return [
        {
            "directorate_code": code,
            "plan_year": year,
            "before_gbp": _text(old, code, year),
            "after_gbp": _text(new, code, year),
        }
        for code, year in sorted(old.keys() | new.keys())
        if old.get((code, year)) != new.get((code, year))
    ]


def _comparable(ledger: LedgerView) -> Reference | None:
    """Return the folder in force if its pounds can be compared; None before the first."""
    in_force = reference_in_force(ledger)
    try:
        return read_reference(in_force.folder, was_adopted=True) if in_force else None
    except ReferenceProblem:
        # The contract of the folder has moved on since: what it said can no longer be compared.
        return None


def _text(totals: dict[tuple[str, str], Decimal], code: str, year: str) -> str | None:
    amount = totals.get((code, year))
    return None if amount is None else str(amount)
