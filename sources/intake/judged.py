"""What is said of one received file: its judgement, and the payload of the event that records it.

Here belongs what a verdict says, for a load that records it and for a look that does not. Light: no
receipt is written here. Not here: the course of a submission (``verdict``), a file that is only
looked at (``preview``), and judging itself (``judging.checks``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sources.custody.landed_file import TOO_BIG
from sources.custody.ledger import LedgerView
from sources.custody.payloads import Judged
from sources.custody.problems import CustodyProblem
from sources.custody.submission import JudgedSubmission, Submission, held_by
from sources.findings.fault import Block
from sources.findings.findings import Judgement, Verdict
from sources.findings.place import Place
from sources.findings.words import files
from sources.judging.checks import judge
from sources.judging.history import History
from sources.reader.cells import Refusal, Workbook
from sources.reference.reference import Reference
from sources.template.declaration import CONTRACT_VERSION

_log = logging.getLogger(__name__)

HAS_LINES = frozenset({Verdict.ACCEPTED, Verdict.HELD})
_HAS_VERSION = frozenset({Verdict.ACCEPTED, Verdict.HELD, Verdict.BLOCKED, Verdict.OVERTAKEN})
Book = Workbook | Refusal
# Directorate, financial year, reporting period.
Period = tuple[str, str, str]


def judgement_on(
    submission: Submission,
    book: Book,
    reference: Reference,
    history: History,
    keep_lines: Callable[[Submission, Judgement], None] | None = None,
) -> Judgement:
    """Judge a submission, whatever our own code trips over in it.

    Args:
        submission: As it was received.
        book: Its cells, or why they could not be read.
        reference: The folder in force.
        history: What was accepted before.
        keep_lines: Called with a judgement that has lines, to store them.

    Raises:
        CustodyProblem: If the lines cannot be stored.
    """
    try:
        judgement = judge(
            book, submission.directorate_code, submission.file_name, submission.received_at, reference, history
        )
        judgement = after_release(submission, judgement)
        if keep_lines and judgement.verdict in HAS_LINES:
            keep_lines(submission, judgement)
    except CustodyProblem:
        raise
    except Exception:
        # A file that our own code trips over must not keep the other directorates' out.
        _log.exception("judging %r of %r failed", submission.file_name, submission.directorate_code)
        return _refused(files.ChecksStopped(Place()))
    return judgement


def verdict_payload(
    submission: Submission, judgement: Judgement, ledger: LedgerView, reference: Reference, waiting_reference: str
) -> Judged:
    """Return what a JUDGED event says; the lines are named by who wrote them."""
    period = _period(submission, judgement)
    in_force = ledger.in_force(*period) if period else None
    return Judged(
        submission_id=submission.submission_id,
        verdict=judgement.verdict,
        refusal_code=judgement.refusal_code,
        fields={name: _as_json(value) for name, value in judgement.fields.items()},
        certification=judgement.certification,
        version_no=_version_no(submission, period, ledger) if judgement.verdict in _HAS_VERSION else None,
        findings=judgement.findings,
        rows_read=judgement.rows_read,
        rows_quarantined=judgement.rows_quarantined,
        contract_version=CONTRACT_VERSION,
        reference_sha256=reference.sha256,
        waiting_reference=waiting_reference,
        judged_against=in_force.submission_id if in_force else None,
    )


def after_release(submission: Submission, judgement: Judgement) -> Judgement:
    """Return the judgement, accepted if a post released it from all that holds it.

    What the post was not shown holds it again (ruling D-2).
    """
    if judgement.verdict is not Verdict.HELD or not isinstance(submission, JudgedSubmission):
        return judgement
    is_let_go = submission.is_released and set(held_by(judgement.findings)) <= set(submission.released_from)
    return replace(judgement, verdict=Verdict.ACCEPTED) if is_let_go else judgement


def _version_no(submission: Submission, period: Period | None, ledger: LedgerView) -> int | None:
    """Return its version number: the next one, or the one it had when it was judged before."""
    if period is None:
        return None
    had = (submission.reports_for, submission.financial_year, submission.reporting_period)
    version_no = submission.version_no if isinstance(submission, JudgedSubmission) and had == period else None
    return version_no or ledger.next_version(*period)


def not_a_file(what: str) -> Judgement:
    """Return the judgement on something that landed and is no plain file.

    Args:
        what: What it is (``Submission.not_taken``).
    """
    if what == TOO_BIG:
        return _refused(files.FileTooBig(Place(), "more than 1 GiB"))
    return _refused(files.NotAFile(Place(), what))


def _refused(fault: Block) -> Judgement:
    return Judgement(Verdict.REFUSED, (fault.in_words(),), fault.code)


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
