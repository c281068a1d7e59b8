"""Intake: the door of this room. What lands is received, and what is received gets a verdict.

Here belongs what a night does with returns, in its order: ``adopt_folder``, then ``receive`` and
``judge_waiting``, or ``take_in_history`` where receipt times are declared. Only the holder of the
home's lock may call them. Not here: custody (``custody.reception``), and the course of one submission
(``verdict``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from sources.clock import Clock, fixed_clock
from sources.custody.history_list import Declared, HistoryProblem, pending
from sources.custody.ledger import Ledger
from sources.custody.problems import CustodyProblem, naming_the_place
from sources.custody.reception import receipt_payload, receive
from sources.custody.vault import Stored
from sources.home import Home
from sources.intake.adoption import adopt_folder, adopt_reference, judging_reference
from sources.intake.verdict import Bench, Outcome, read
from sources.judging.history import LedgerHistory
from sources.reader.workbook import ReadingStoppedError
from sources.receipts.receipt import write_missing_receipts
from sources.reference.reference import Reference

__all__ = [
    "HistoryProblem",
    "Outcome",
    "adopt_folder",
    "adopt_reference",
    "judge_waiting",
    "judging_reference",
    "receive",
    "take_in_history",
]

OnProgress = Callable[[Outcome], None]

# What is declared has an order: nothing later may be judged first.
_STOPPED = "This machine stopped the reading of {}. Nothing is lost; load again with the same list."


def judge_waiting(
    home: Home,
    ledger: Ledger,
    reference: Reference,
    clock: Clock,
    on_progress: OnProgress | None = None,
    waiting_reference: str = "",
    history: LedgerHistory | None = None,
) -> list[Outcome]:
    """Give a verdict on everything that waits for one, in order of receipt.

    That is what was received and has none, also from a run that was killed, what R53 says is to
    be judged again, and once more what an earlier run could not read or check. Where a verdict puts
    something in force others may be due once more; each round accepts something or is the last.

    Args:
        home: The warehouse.
        ledger: Records the verdicts.
        reference: The folder in force, adopted before.
        clock: The time of the verdicts.
        on_progress: Called with each outcome as soon as it is certain.
        waiting_reference: The hash of a newer folder that is not in force (``adoption.waiting_reference``).
        history: What was accepted before, where the caller has met it already.

    Returns:
        The outcomes, in the order in which they were reached.

    Raises:
        CustodyProblem: If lines, events or receipts cannot be written; the next run goes on.
    """
    write_missing_receipts(home, ledger)
    bench = Bench(home, ledger, reference, waiting_reference, on_progress, history)
    outcomes = []
    due = ledger.to_judge(reference.sha256)
    while due:
        outcomes += bench.decide_all(due, clock)
        # What failed or was stopped just now is tried again by the next load: the machine may be less busy then.
        due = [
            each
            for each in ledger.to_judge(reference.sha256)
            if not each.is_to_be_tried_again and each.submission_id not in bench.left
        ]
    return outcomes


def take_in_history(
    history: Path,
    home: Home,
    ledger: Ledger,
    reference: Reference,
    on_progress: OnProgress | None = None,
    waiting_reference: str = "",
) -> list[Outcome]:
    """Take in and judge the files of a history list, each at the time that it declares (R55).

    What was taken in before is passed over. The files are read where they are and stay there.

    Args:
        history: The list (``history_list``).
        home: The warehouse.
        ledger: Records receipts and verdicts; its vault keeps the bytes.
        reference: The folder in force, adopted before the first of the times.
        on_progress: Called with each outcome as soon as it is certain.
        waiting_reference: The hash of a newer folder that is not in force (``adoption.waiting_reference``).

    Returns:
        The outcomes, in order of receipt.

    Raises:
        HistoryProblem: If the list cannot be read, or the home has later events.
        CustodyProblem: If something cannot be written; the next run goes on.
    """
    entries = pending(history, ledger)
    write_missing_receipts(home, ledger)
    bench = Bench(home, ledger, reference, waiting_reference, on_progress)
    outcomes = []
    if half_done := [each for each in ledger.unjudged() if each.is_receipt_declared]:
        outcomes += bench.decide_all(half_done, fixed_clock(half_done[0].received_at))
        if bench.left:
            raise CustodyProblem(_STOPPED.format(f"{len(bench.left)} old return(s)"))
    stored = [_store(entry, ledger) for entry in entries]
    files = [(ledger.vault.path_of(kept.sha256), entry.name) for entry, kept in zip(entries, stored, strict=True)]
    with closing(read(files, _are_first(entries, stored))) as books:
        for entry, kept, book in zip(entries, stored, books, strict=True):
            if isinstance(book, ReadingStoppedError):
                raise CustodyProblem(_STOPPED.format(f"{entry.name!r} ({book})"))
            clock = fixed_clock(entry.received_at)
            said = receipt_payload(ledger, entry.directorate_code, entry.name, kept, is_declared=True)
            event = ledger.record(clock, said)
            outcomes.append(bench.decide(ledger.submission(event.payload.submission_id), book, clock))
    return outcomes


def _store(entry: Declared, ledger: Ledger) -> Stored:
    with naming_the_place("Reading an old return", entry.path), entry.path.open("rb") as stream:
        return ledger.vault.store(stream)


def _are_first(entries: Sequence[Declared], stored: Sequence[Stored]) -> list[bool]:
    """Return of each entry whether its bytes come for the first time from its folder; others repeat it."""
    seen: set[tuple[str, str]] = set()
    answers = []
    for entry, kept in zip(entries, stored, strict=True):
        key = (entry.directorate_code, kept.sha256)
        answers.append(key not in seen)
        seen.add(key)
    return answers
