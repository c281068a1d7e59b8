"""A proof that what custody keeps is what was put there: vault, index, typed lines, receipts (ruling E4).

Here belongs looking at all of it and saying what was altered, and apart from that what a killed run
left unfinished. It changes nothing. Not here: releases and the pointer (``publishing.verification``),
the nightly share (``custody.vault``), and making things again (``restoring``, ``rebuild``, a backup).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

from sources.custody.index_check import differences
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Decision, Judged
from sources.custody.problems import LedgerAhead, VaultDamaged
from sources.custody.submission import State
from sources.custody.vault import Vault
from sources.home import Home
from sources.intake.replay import reads_otherwise
from sources.intake.restoring import are_as_judged
from sources.receipts.receipt import missing_receipts, names_its_event, written_receipts

_RESTORE = "Restore what is named of the vault from a backup; nothing else brings it back."
_NEXT_LOAD = "The next load makes it again from the vault."


@dataclass
class Custody:
    """What was looked at, and what was found.

    Attributes:
        events: Events whose chain was followed; None if the vault is damaged.
        objects: Received objects that were hashed again; None likewise.
        altered: One sentence each, naming what is missing or is not what it was.
        unfinished: One sentence each, naming what the next load goes on with.
    """

    events: int | None = None
    objects: int | None = None
    altered: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


def verify_custody(home: Home, *, is_deep: bool = False) -> Custody:
    """Hash everything that custody keeps again and hold it to what was recorded of it.

    Args:
        home: The warehouse.
        is_deep: Read every workbook that has typed lines once more, too.

    Raises:
        CustodyProblem: If vault or ledger cannot be read.
    """
    found = Custody()
    try:
        report = Vault(home).verify()
        found.events, found.objects = report.events, report.rehashed
        with LedgerView.folded(home) as ledger:
            _look_at_the_index(home, ledger.last_seq(), found)
            found.altered += [*_altered_lines(home, ledger), *_forged_receipts(home, ledger)]
            found.altered += reads_otherwise(ledger) if is_deep else []
            found.unfinished += _unfinished(home, ledger)
    except VaultDamaged as damage:
        found.altered += [*damage.problems, _RESTORE]
    return found


def _look_at_the_index(home: Home, last_seq: int, found: Custody) -> None:
    with closing(LedgerView.stored(home)) as index:
        try:
            index.expect_not_ahead()
        except LedgerAhead as ahead:
            found.altered.append(str(ahead))
            return
        behind = last_seq - index.last_seq()
        found.altered += [f"{sentence} {_NEXT_LOAD}" for sentence in differences(home, index)]
        if behind:
            found.unfinished.append(f"The ledger has not indexed the last {behind} events; the next command does.")


def _altered_lines(home: Home, ledger: LedgerView) -> Iterator[str]:
    for submission in ledger.judged():
        if submission.lines and not are_as_judged(home, submission):
            yield f"The typed lines of {submission.submission_id} are missing or were altered. {_NEXT_LOAD}"


def _forged_receipts(home: Home, ledger: LedgerView) -> Iterator[str]:
    """Name each receipt that is of no verdict or decision, or does not carry the hash of its event."""
    last = ledger.last_seq()
    for path in written_receipts(home):
        number = path.name.split("_")[0]
        seq = int(number) if number.isdecimal() else 0
        is_told = 0 < seq <= last and isinstance(ledger.vault.event(seq).payload, Decision | Judged)
        if not is_told or not names_its_event(path, ledger.vault.event_sha256(seq)):
            yield f"Receipt {path} is not the one that the ledger's verdict gave"


def _unfinished(home: Home, ledger: LedgerView) -> Iterator[str]:
    waiting = sum(submission.state is State.WAITING for submission in ledger.submissions())
    if waiting:
        yield f"{waiting} received files wait for a verdict; the next load gives it."
    yield from (f"Receipt {path} is not there; the next load writes it." for path in missing_receipts(home, ledger))
    for partial in sorted(home.vault.rglob(".*.tmp")):
        yield f"{partial} was left half-written; the next load removes it."
