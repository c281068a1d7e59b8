"""Putting a reference folder in force: kept in the vault, and said what it changes in pounds.

Here belongs the event that from now on returns are judged by another folder. Not here: reading a
folder and what is wrong with it (``reference``), and who may adopt one for a year that a tagged
report covers (``orchestration``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sources.clock import Clock, fixed_clock
from sources.council.reference import Reference, ReferenceProblem, read_reference
from sources.custody.events import Event, EventKind
from sources.custody.history_list import read_history
from sources.custody.ledger import Ledger
from sources.custody.vault import Vault

# Later than every period that a plan change can name: the plan with all that is decided.
_AFTER_EVERYTHING = ("9999/00", "P13")
_JUST_BEFORE = timedelta(microseconds=1)


def adopt_reference(reference: Reference, ledger: Ledger, clock: Clock, history: Path | None = None) -> Event | None:
    """Put a reference folder in force, unless it is the one in force.

    Args:
        reference: What returns are judged by from now on.
        ledger: Records the adoption, with the pounds that it moves; its vault keeps the folder.
        clock: The time of the adoption.
        history: A list of declared receipt times about to be taken in: in a fresh home the
            adoption is set just before the first of them, so that it precedes what it judges (R55).

    Returns:
        The REFERENCE_ADOPTED event; None if nothing was adopted.

    Raises:
        HistoryProblem: If the list cannot be read.
        CustodyProblem: If the folder cannot be kept.
    """
    before = ledger.last_event(EventKind.REFERENCE_ADOPTED)
    if before and before.payload["reference_sha256"] == reference.sha256:
        return None
    ledger.vault.keep_reference(reference.folder, reference.sha256)
    if history is not None and ledger.last_seq() == 0 and (entries := read_history(history)):
        clock = fixed_clock(entries[0].received_at - _JUST_BEFORE)
    payload = {"reference_sha256": reference.sha256, "changes": _changes(before, reference, ledger.vault)}
    return ledger.record(EventKind.REFERENCE_ADOPTED, clock, payload)


def plan_totals(reference: Reference) -> dict[tuple[str, str], Decimal]:
    """Return the planned pounds by directorate and plan year, with every change that is decided."""
    totals: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for directorate in {row["directorate_code"] for row in reference.tables["directorate"]}:
        for line in reference.plan_lines(directorate, *_AFTER_EVERYTHING):
            totals[directorate, line.plan_year] += line.baseline_gbp
    return dict(totals)


def _changes(before: Event | None, reference: Reference, vault: Vault) -> list[dict[str, str | None]]:
    """Return each directorate and plan year whose pounds differ; null where there is no plan, or none known."""
    old = _totals_of(before, vault)
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
