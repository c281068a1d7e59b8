"""The course of one submission: read, judge, write its lines, record the verdict, write its receipt.

Here belongs that order, by which a killed run is simply taken up again: the lines come before the
event that commits them, the receipt after it. Not here: which submissions are due (``intake``,
``custody.ledger``), reading (``reader.workbook``), and what a verdict says (``judged``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sources.clock import Clock, fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import Judged
from sources.custody.problems import naming_the_place
from sources.custody.submission import JudgedSubmission, Submission
from sources.findings.findings import Judgement, Verdict
from sources.home import Home
from sources.intake.batch import members_of, overtaken_in
from sources.intake.judged import HAS_LINES, Book, judgement_on, not_a_file, verdict_payload
from sources.judging.history import LedgerHistory
from sources.lines.line_files import folder_of, write_lines
from sources.lines.typed_lines import sums_of
from sources.parsing.sheets import READ_SHEETS
from sources.reader.workbook import ReadingStoppedError, read_many
from sources.receipts.receipt import receipt_path, write_receipt
from sources.reference.reference import Reference
from sources.template.declaration import SAVINGS

_log = logging.getLogger(__name__)

# A path in the vault, and the name that the file was sent under.
NamedFile = tuple[Path, str]


@dataclass(frozen=True)
class Outcome:
    """What came of one received file.

    Attributes:
        submission: As it stands after its verdict.
        receipt: Where its sender reads of it.
    """

    submission: JudgedSubmission
    receipt: Path

    @property
    def submission_id(self) -> str:
        """The submission's id."""
        return self.submission.submission_id

    @property
    def directorate_code(self) -> str:
        """The folder that it came from."""
        return self.submission.directorate_code

    @property
    def file_name(self) -> str:
        """The file's name as it landed."""
        return self.submission.file_name

    @property
    def verdict(self) -> Verdict:
        """What was decided."""
        return Verdict(self.submission.state.value)


def read(
    files: Sequence[NamedFile], is_read: Sequence[bool]
) -> Generator[Book | ReadingStoppedError | None, None, None]:
    """Yield what each file holds, in order, read on all cores; None for those that need not be read."""
    wanted = (file for file, needed in zip(files, is_read, strict=True) if needed)
    books = read_many(wanted, sheets=READ_SHEETS)
    for needed in is_read:
        yield next(books) if needed else None


@dataclass(frozen=True)
class Bench:
    """What verdicts are given with.

    Attributes:
        home: The warehouse.
        ledger: Records the verdicts, and knows what came before.
        reference: The folder in force.
        waiting_reference: The hash of a newer folder that is not in force; empty without one.
        on_progress: Called with each outcome as soon as it is certain.
        history: What was accepted before, where the caller has met it already.
        left: The ids of those that go without a verdict, for this machine stopped a reading.
    """

    home: Home
    ledger: Ledger
    reference: Reference
    waiting_reference: str = ""
    on_progress: Callable[[Outcome], None] | None = None
    history: LedgerHistory | None = None
    left: set[str] = field(default_factory=set)

    def decide_all(self, due: Sequence[Submission], clock: Clock) -> list[Outcome]:
        """Give a verdict on each, in the order given, and where receipt was declared at that time (R55).

        Where this machine stopped the reading of a file nothing of its folder's batch is judged: which
        of several is the last is known once all are read.
        """
        files = [(self.ledger.vault.path_of(each.file_sha256), each.file_name) for each in due]
        fresh = {each.submission_id for each in due if is_of_a_batch(each)}
        is_read = self._are_new(due, fresh)
        outcomes, batch, waits = [], [], set()
        with closing(read(files, is_read)) as books:
            for submission, book in zip(due, books, strict=True):
                if isinstance(book, ReadingStoppedError):
                    _log.warning("%r of %r: %s", submission.file_name, submission.directorate_code, book)
                    self.left.add(submission.submission_id)
                    waits.add(submission.directorate_code)
                elif submission.submission_id in fresh:
                    batch.append((submission, book))
                else:
                    outcomes.append(self.decide(submission, book, _clock_for(submission, clock)))
        self.left.update(each.submission_id for each, _ in batch if each.directorate_code in waits)
        return outcomes + self._decide_batch([each for each in batch if each[0].directorate_code not in waits], clock)

    def _are_new(self, due: Sequence[Submission], fresh: Set[str]) -> list[bool]:
        """Return of each file whether it is to be read: it repeats none, or one whose own fate the batch decides."""
        new: set[str] = set()
        for each in due:
            original = self.ledger.original_of(each)
            if not each.not_taken and (original is None or original.submission_id in fresh & new):
                new.add(each.submission_id)
        return [each.submission_id in new for each in due]

    def _decide_batch(self, batch: Sequence[tuple[Submission, Book | None]], clock: Clock) -> list[Outcome]:
        """Give a verdict on each file of a batch: all were read before one is judged."""
        members = members_of([each for each, _ in batch], [book for _, book in batch], self.reference)
        overtaken = overtaken_in(members)
        outcomes = []
        for member in members:
            if judged := overtaken.get(member.submission.submission_id):
                payload = self._payload(member.submission, Judgement(Verdict.OVERTAKEN, fields=member.fields))
                payload = replace(payload, overtaken_by=judged.submission_id)
                outcomes.append(self._record(payload, member.book, clock))
        for member in members:
            own = member.submission.submission_id
            if own not in overtaken:
                # Asked of the ledger: a run that was killed has noted some of them, or all.
                overtook = tuple(self.ledger.overtaken_for(own, *member.key[:3])) if member.key else ()
                outcomes.append(self.decide(member.submission, member.book, clock, overtook))
        return outcomes

    def decide(
        self, submission: Submission, book: Book | None, clock: Clock, overtook: tuple[str, ...] = ()
    ) -> Outcome:
        """Give a verdict on one submission; ``book`` is not looked at where it repeats another.

        Raises:
            CustodyProblem: If its lines, the event or the receipt cannot be written.
        """
        original = self.ledger.original_of(submission)
        if submission.not_taken:
            payload = self._payload(submission, not_a_file(submission.not_taken))
        elif original:
            repeats = self._payload(submission, Judgement(Verdict.DUPLICATE))
            payload = replace(repeats, duplicate_of=original.submission_id)
        else:
            before = submission.overtook if isinstance(submission, JudgedSubmission) else ()
            payload = replace(self._payload(submission, self._judge(submission, book)), overtook=before or overtook)
        return self._record(payload, book, clock)

    def _record(self, payload: Judged, book: Book | None, clock: Clock) -> Outcome:
        """Record a verdict, then tell its sender."""
        verdict = self.ledger.record(clock, payload)
        judged = self.ledger.judged_submission(payload.submission_id)
        if judged.judged_seq == verdict.seq:
            receipt = write_receipt(self.home, self.ledger, judged, book)
        else:  # it says what the one before said
            receipt = receipt_path(self.home, judged)
        outcome = Outcome(judged, receipt)
        if self.on_progress:
            self.on_progress(outcome)
        return outcome

    @cached_property
    def _history(self) -> LedgerHistory:
        return self.history or LedgerHistory(self.home, self.ledger)

    def _judge(self, submission: Submission, book: Book | None) -> Judgement:
        """Judge what was read, and write its lines if it has any."""
        if book is None:
            raise ValueError(f"{submission.submission_id} repeats no other submission, but was not read")
        return judgement_on(submission, book, self.reference, self._history, self._write_lines)

    def _write_lines(self, submission: Submission, judgement: Judgement) -> None:
        with naming_the_place("Writing typed lines", self.home.lines):
            write_lines(self.home, submission.submission_id, judgement.tables, judgement.headers)

    def _payload(self, submission: Submission, judgement: Judgement) -> Judged:
        """Return what a JUDGED event says, with the lines that were written."""
        payload = verdict_payload(submission, judgement, self.ledger, self.reference, self.waiting_reference)
        if judgement.verdict in HAS_LINES:
            written = submission.submission_id
            kept = self.ledger.vault.keep_lines(folder_of(self.home, written))
            sums = {column: str(amount) for column, amount in sums_of(judgement.tables[SAVINGS.table]).items()}
            payload = replace(payload, lines=written, lines_sha256=kept, sums=sums)
        return payload


def is_of_a_batch(submission: Submission) -> bool:
    """Return whether a file landed and has no verdict yet; what a history list names is no batch."""
    return not isinstance(submission, JudgedSubmission) and not submission.is_receipt_declared


def _clock_for(submission: Submission, clock: Clock) -> Clock:
    """Return the declared time while a file is taken in by it; it may be judged again at another (R53)."""
    is_first = submission.is_receipt_declared and not isinstance(submission, JudgedSubmission)
    return fixed_clock(submission.received_at) if is_first else clock
