"""The course of one submission: read, judge, write its lines, record the verdict, write its receipt.

Here belongs that order, by which a killed run is simply taken up again: the lines come before the
event that commits them, the receipt after it. Not here: which submissions are due (``intake``,
``ledger``), reading (``workbook``), and judging (``checks``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.clock import Clock, fixed_clock
from sources.contract.template import CONTRACT_VERSION
from sources.council.reference import Reference
from sources.custody import landing
from sources.custody.events import EventKind
from sources.custody.ledger import Ledger
from sources.custody.problems import CustodyProblem, naming_the_place
from sources.custody.submission import Submission
from sources.home import Home
from sources.intake.lines import lines_sha256, write_lines
from sources.judging.checks import judge
from sources.judging.findings import Finding, Judgement, Severity, Verdict
from sources.judging.history import LedgerHistory
from sources.reader import refusals
from sources.reader.cells import Refusal, Workbook
from sources.reader.workbook import read_many
from sources.receipts.receipt import write_receipt

_log = logging.getLogger(__name__)

_HAS_LINES = frozenset({Verdict.ACCEPTED, Verdict.HELD})
_HAS_VERSION = frozenset({Verdict.ACCEPTED, Verdict.HELD, Verdict.BLOCKED})
# A path in the vault, and the name that the file was sent under.
NamedFile = tuple[Path, str]
Book = Workbook | Refusal
# Directorate, financial year, reporting period.
Period = tuple[str, str, str]


@dataclass(frozen=True)
class Outcome:
    """What came of one received file.

    Attributes:
        submission: As it stands after its verdict.
        receipt: Where its sender reads of it.
    """

    submission: Submission
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


def read(files: Sequence[NamedFile], is_read: Sequence[bool]) -> Generator[Book | None, None, None]:
    """Yield what each file holds, in order, read on all cores; None for those that need not be read."""
    books = read_many(file for file, needed in zip(files, is_read, strict=True) if needed)
    for needed in is_read:
        yield next(books) if needed else None


@dataclass(frozen=True)
class Bench:
    """What verdicts are given with.

    Attributes:
        home: The warehouse.
        ledger: Records the verdicts, and knows what came before.
        reference: The folder in force.
        on_progress: Called with each outcome as soon as it is certain.
    """

    home: Home
    ledger: Ledger
    reference: Reference
    on_progress: Callable[[Outcome], None] | None = None

    def decide_all(self, due: Sequence[Submission], clock: Clock) -> list[Outcome]:
        """Give a verdict on each, in the order given, and where receipt was declared at that time (R55)."""
        files = [(self.ledger.vault.path_of(each.file_sha256), each.file_name) for each in due]
        is_read = [not each.not_taken and self.ledger.original_of(each) is None for each in due]
        with closing(read(files, is_read)) as books:
            return [
                self.decide(submission, book, _clock_for(submission, clock))
                for submission, book in zip(due, books, strict=True)
            ]

    def decide(self, submission: Submission, book: Book | None, clock: Clock) -> Outcome:
        """Give a verdict on one submission; ``book`` is not looked at where it repeats another.

        Raises:
            CustodyProblem: If its lines, the event or the receipt cannot be written.
        """
        original = self.ledger.original_of(submission)
        if submission.not_taken:
            payload = self._payload(submission, _not_a_file(submission.not_taken))
        elif original:
            payload = self._payload(submission, Judgement(Verdict.DUPLICATE)) | {"duplicate_of": original.submission_id}
        else:
            payload = self._payload(submission, self._judge(submission, book))
        self.ledger.record(EventKind.JUDGED, clock, payload)
        judged = self.ledger.submission(submission.submission_id)
        outcome = Outcome(judged, write_receipt(self.home, self.ledger, judged, book))
        if self.on_progress:
            self.on_progress(outcome)
        return outcome

    def _judge(self, submission: Submission, book: Book | None) -> Judgement:
        """Judge what was read, and write its lines if it has any."""
        if book is None:
            raise ValueError(f"{submission.submission_id} repeats no other submission, but was not read")
        try:
            judgement = judge(
                book,
                submission.directorate_code,
                submission.file_name,
                submission.received_at,
                self.reference,
                LedgerHistory(self.home, self.ledger),
            )
            if judgement.verdict is Verdict.HELD and submission.is_released:
                judgement = replace(judgement, verdict=Verdict.ACCEPTED)
            if judgement.verdict in _HAS_LINES:
                with naming_the_place("Writing typed lines", self.home.lines):
                    write_lines(self.home, submission.submission_id, judgement.tables, judgement.headers)
        except CustodyProblem:
            raise
        except Exception:
            # A file that our own code trips over must not keep the other directorates' out.
            _log.exception("judging %r of %r failed", submission.file_name, submission.directorate_code)
            return _refused("check-failed", _CHECK_FAILED)
        return judgement

    def _payload(self, submission: Submission, judgement: Judgement) -> dict[str, Any]:
        """Return what a JUDGED event says (``events.EventKind``)."""
        period = _period(submission, judgement)
        in_force = self.ledger.in_force(*period) if period else None
        has_lines = judgement.verdict in _HAS_LINES
        return {
            "submission_id": submission.submission_id,
            "verdict": judgement.verdict,
            "refusal_code": judgement.refusal_code,
            "duplicate_of": None,
            "fields": {name: _as_json(value) for name, value in judgement.fields.items()},
            "certification": judgement.certification,
            "version_no": self._version_no(submission, period) if judgement.verdict in _HAS_VERSION else None,
            "findings": [finding.as_json() for finding in judgement.findings],
            "rows_read": judgement.rows_read,
            "rows_quarantined": judgement.rows_quarantined,
            "lines": submission.submission_id if has_lines else None,
            "lines_sha256": lines_sha256(self.home, submission.submission_id) if has_lines else None,
            "contract_version": CONTRACT_VERSION,
            "reference_sha256": self.reference.sha256,
            "judged_against": in_force.submission_id if in_force else None,
        }

    def _version_no(self, submission: Submission, period: Period | None) -> int | None:
        """Return its version number: the next one, or the one it had when it was judged before."""
        if period is None:
            return None
        had = (submission.reports_for, submission.financial_year, submission.reporting_period)
        return submission.version_no if submission.version_no and had == period else self.ledger.next_version(*period)


_CHECK_FAILED = (
    "Our own checks stopped on this file, so nothing of it was loaded. The data team has to look at it; "
    "you need not send it again unless they ask."
)


def _clock_for(submission: Submission, clock: Clock) -> Clock:
    """Return the declared time while a file is taken in by it; it may be judged again at another (R53)."""
    is_first = submission.is_receipt_declared and submission.judged_seq is None
    return fixed_clock(submission.received_at) if is_first else clock


def _not_a_file(what: str) -> Judgement:
    if what == landing.TOO_BIG:
        return _refused("file-too-big", refusals.refusal("file-too-big", "more than 1 GiB").message)
    return _refused(
        "not-regular-file",
        f"This is a {what}, not a file of its own. Copy the workbook itself into your folder.",
    )


def _refused(code: str, message: str) -> Judgement:
    finding = Finding("D01", Severity.BLOCK, message, code=code)
    return Judgement(Verdict.REFUSED, (finding,), code)


def _period(submission: Submission, judgement: Judgement) -> Period | None:
    """Return whose figures for which year and period a file holds; None if it does not say."""
    said = judgement.fields
    if not said.get("reporting_year") or not said.get("reporting_period"):
        return None
    return said.get("directorate_code") or submission.directorate_code, said["reporting_year"], said["reporting_period"]


def _as_json(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
