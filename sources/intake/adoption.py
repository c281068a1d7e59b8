"""Putting a reference folder in force: kept in the vault, and said what it changes in pounds.

Here belongs the event that from now on returns are judged by another folder, and when that takes a
named post: when pounds move of a plan year that a tagged report prints. Not here: reading a folder
and what is wrong with it (``reference``), and what a post may do (``authority``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sources.clock import Clock, fixed_clock
from sources.council.authority import Signature, authorise
from sources.council.reference import Reference, ReferenceProblem, read_kept_reference, read_reference
from sources.custody.events import Event, EventKind
from sources.custody.history_list import read_history
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.vault import Vault
from sources.judging.wording import listed, pounds

# Later than every period that a plan change can name: the plan with all that is decided.
_AFTER_EVERYTHING = ("9999/00", "P13")
_JUST_BEFORE = timedelta(microseconds=1)
_BY_ITSELF = {"post": None, "os_account": None, "reason": None}

# A directorate's pounds of a plan year before and after, as texts; null where there is no plan, or none known.
PlanChange = Mapping[str, str | None]


class PostNeededError(Exception):
    """A folder moves pounds that a tagged report prints, and no named post has adopted it."""


def adopt_reference(
    reference: Reference,
    ledger: Ledger,
    clock: Clock,
    history: Path | None = None,
    signed: Mapping[str, str] | None = None,
) -> Event | None:
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
        HistoryProblem: If the list cannot be read.
        CustodyProblem: If the folder cannot be kept.
    """
    before = ledger.last_event(EventKind.REFERENCE_ADOPTED)
    if before and before.payload["reference_sha256"] == reference.sha256:
        return None
    changes = changes_in_pounds(reference, ledger)
    if signed is None and (printed := printed_years(reference, ledger, changes)):
        raise PostNeededError(_needs_a_post(printed, changes))
    ledger.vault.keep_reference(reference.folder, reference.sha256)
    if history is not None and ledger.last_seq() == 0 and (entries := read_history(history)):
        clock = fixed_clock(entries[0].received_at - _JUST_BEFORE)
    payload = {"reference_sha256": reference.sha256, "changes": changes, **(signed or _BY_ITSELF)}
    return ledger.record(EventKind.REFERENCE_ADOPTED, clock, payload)


def adopt_by_post(reference: Reference, ledger: Ledger, clock: Clock, asked: Signature) -> Event | None:
    """Put a reference folder in force by a named post; None if it is the one in force.

    Raises:
        AuthorityError: If the folder in force does not let the post do that.
        CustodyProblem: If the folder cannot be kept.
    """
    signed = authorise(reference_in_force(ledger), "adopt", asked)
    return adopt_reference(reference, ledger, clock, signed=signed)


def reference_in_force(ledger: LedgerView) -> Reference | None:
    """Return the folder that was adopted last, as the vault keeps it; None before the first."""
    adoption = ledger.last_event(EventKind.REFERENCE_ADOPTED)
    if adoption is None:
        return None
    sha256 = adoption.payload["reference_sha256"]
    return read_kept_reference(ledger.vault.reference_folder(sha256), sha256)


def printed_years(reference: Reference, ledger: LedgerView, changes: Sequence[PlanChange]) -> list[tuple[str, str]]:
    """Return each (plan year, report) whose pounds a folder would move although a release is tagged to the report.

    A report covers the years of its testable claims, those of the folder in force included: a new
    folder may not leave out what it is measured by.
    """
    tagged = {event.payload["report_code"] for event in ledger.events_of(EventKind.TAGGED)}
    moved = {change["plan_year"] for change in changes}
    claims = [row for folder in (reference_in_force(ledger), reference) if folder for row in _testable_claims(folder)]
    printed = {(row["financial_year"], row["report_code"]) for row in claims}
    return sorted((year, report) for year, report in printed if year in moved and report in tagged)


def _testable_claims(reference: Reference) -> Iterable[Mapping[str, str]]:
    return (row for row in reference.tables["published_claim"] if row["is_testable"])


def _needs_a_post(printed: Sequence[tuple[str, str]], changes: Sequence[PlanChange]) -> str:
    years = {year for year, _ in printed}
    moved = [_in_words(change) for change in changes if change["plan_year"] in years]
    return (
        f"The reference data move pounds that a tagged report prints ({listed(f'{r} {y}' for y, r in printed)}): "
        f"{listed(moved)}. A named post has to adopt them: `savings reference adopt --post POST --reason REASON`. "
        "What landed was received; nothing was judged or built."
    )


def _in_words(change: PlanChange) -> str:
    before, after = (
        "none" if (text := change[name]) is None else pounds(Decimal(text)) for name in ("before_gbp", "after_gbp")
    )
    return f"{change['directorate_code']} {change['plan_year']} from {before} to {after}"


def plan_totals(reference: Reference) -> dict[tuple[str, str], Decimal]:
    """Return the planned pounds by directorate and plan year, with every change that is decided."""
    totals: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for directorate in {row["directorate_code"] for row in reference.tables["directorate"]}:
        for line in reference.plan_lines(directorate, *_AFTER_EVERYTHING):
            totals[directorate, line.plan_year] += line.baseline_gbp
    return dict(totals)


def changes_in_pounds(reference: Reference, ledger: LedgerView) -> list[PlanChange]:
    """Return each directorate and plan year whose pounds a folder changes against the one in force."""
    old = _totals_of(ledger.last_event(EventKind.REFERENCE_ADOPTED), ledger.vault)
    new = plan_totals(reference)
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


def _totals_of(adoption: Event | None, vault: Vault) -> dict[tuple[str, str], Decimal]:
    if adoption is None:
        return {}
    try:
        return plan_totals(read_reference(vault.reference_folder(adoption.payload["reference_sha256"])))
    except ReferenceProblem:
        # The contract of the folder has moved on since: what it said can no longer be compared.
        return {}


def _text(totals: dict[tuple[str, str], Decimal], code: str, year: str) -> str | None:
    amount = totals.get((code, year))
    return None if amount is None else str(amount)
