"""What a load would say of a file, said without a load: nothing is written, no lock is taken.

Here belongs the course of a file that is only looked at, by the same reading, judging and events as
one that is received. Not here: the course of one that is (``verdict``), and how it is told
(``orchestration.commands``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from sources.clock import Clock
from sources.custody import submission as fold
from sources.custody.events import Event
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Payload
from sources.custody.reception import receipt_payload
from sources.custody.submission import JudgedSubmission
from sources.custody.vault import Stored, file_sha256
from sources.findings.findings import Judgement, Verdict
from sources.grammar.choices import Choices
from sources.home import Home
from sources.intake.judged import HAS_LINES, Book, judgement_on, verdict_payload
from sources.judging.history import LedgerHistory
from sources.parsing.readings import read_form
from sources.parsing.return_form import RawForm, find_form
from sources.parsing.sheets import READ_SHEETS
from sources.reader.cells import Refusal
from sources.reader.workbook import read_cells
from sources.reference.reference import Reference
from sources.template.declaration import SAVINGS

_P = TypeVar("_P", bound=Payload)


class SenderUnknownError(ValueError):
    """Neither the caller nor the Return sheet says which directorate sends the file."""


@dataclass(frozen=True)
class Preview:
    """What would come of a file.

    Attributes:
        submission: As it would stand after the load.
        book: Its cells, or why they could not be read.
        original: What it would only repeat, so that what was decided of that stands; else None.
        lines: Its typed Savings rows; None where a load would keep none.
    """

    submission: JudgedSubmission
    book: Book
    original: JudgedSubmission | None = None
    lines: Sequence[Mapping[str, Any]] | None = None

    @property
    def told(self) -> JudgedSubmission:
        """The submission whose findings the sender would read."""
        return self.original or self.submission


def preview(
    file: Path,
    directorate_code: str | None,
    home: Home,
    ledger: LedgerView,
    reference: Reference,
    clock: Clock,
    waiting_reference: str = "",
) -> Preview:
    """Return what would come of a file that were put into a directorate's folder now.

    Args:
        file: The file, wherever it lies; only read.
        directorate_code: Whose folder; None for the directorate that its Return sheet names.
        home: Holds the typed lines of earlier returns.
        ledger: What came before.
        reference: The folder that it would be judged by.
        clock: The time at which it would be received.
        waiting_reference: The hash of a newer folder that is not in force (``adoption.waiting_reference``).

    Raises:
        SenderUnknownError: If nobody says whose return it is.
        OSError: If the file cannot be read.
    """
    book = read_cells(file, file.name, sheets=READ_SHEETS)
    folder = directorate_code or _sender(book, reference)
    stored = Stored(file_sha256(file), file.stat().st_size)
    received = fold.received(_next(ledger, clock, receipt_payload(ledger, folder, file.name, stored)))
    original = ledger.original_of(received)
    due_again = {each.submission_id for each in ledger.to_judge(reference.sha256)}
    if isinstance(original, JudgedSubmission) and original.submission_id not in due_again:
        payload = verdict_payload(received, Judgement(Verdict.DUPLICATE), ledger, reference, waiting_reference)
        payload = replace(payload, duplicate_of=original.submission_id)
        return Preview(fold.judged(received, _next(ledger, clock, payload)), book, original)
    # The same load would judge the same bytes again (R53): as they were received first.
    submission = original or received
    judgement = judgement_on(submission, book, reference, LedgerHistory(home, ledger))
    payload = verdict_payload(submission, judgement, ledger, reference, waiting_reference)
    lines = judgement.tables[SAVINGS.table] if judgement.verdict in HAS_LINES else None
    return Preview(fold.judged(submission, _next(ledger, clock, payload)), book, lines=lines)


def _next(ledger: LedgerView, clock: Clock, payload: _P) -> Event[_P]:
    """Return the event that a load would record; it is in no vault."""
    return Event(ledger.last_seq() + 1, clock(), payload, previous_sha256="")


def _sender(book: Book, reference: Reference) -> str:
    """Return the directorate that the Return sheet names.

    A file that is refused before anybody asks who sends it is refused in any folder alike.
    """
    anybody: str = reference.tables["directorate"][0]["directorate_code"]
    raw = None if isinstance(book, Refusal) else find_form(book)
    if not isinstance(raw, RawForm):
        return anybody
    form, _ = read_form(raw, Choices(reference))
    entry = form.entries["directorate_code"]
    if entry.value is None and not entry.place.shown:
        raise SenderUnknownError("The Return sheet names no directorate")
    return str(entry.value or anybody)
