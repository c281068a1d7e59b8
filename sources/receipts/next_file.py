"""The file that is to be sent next: its name, and how its Return sheet says what it replaces.

Here belongs what an officer has to know to send a corrected return once. Not here: the rule that says
which type fits (``judging.history``, R42), and the sentences (``receipt_words``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sources.custody.submission import JudgedSubmission, State
from sources.findings.findings import Severity
from sources.judging.case import NIL
from sources.judging.history import History, fitting_type
from sources.template.declaration import RETURN_SHEET, workbook_name

# While one of these is to be corrected, whose return for which period it is remains open.
_WHOSE_AND_WHEN = frozenset({"directorate_code", "reporting_year", "reporting_period"})


@dataclass(frozen=True)
class NextFile:
    """What the corrected return has to be.

    Attributes:
        name: The file's name, with the number of the next version.
        return_type: For the Return sheet; Nil where it was Nil.
        supersedes_version: Likewise; None to leave it blank.
    """

    name: str
    return_type: str
    supersedes_version: int | None


def next_file(submission: JudgedSubmission, siblings: Iterable[JudgedSubmission], history: History) -> NextFile | None:
    """Return what has to be sent in place of a blocked or a held return.

    Args:
        submission: As it stands after its last verdict.
        siblings: All that was sent for its directorate.
        history: As it was before that verdict.

    Returns:
        The next file; None where none has to be sent, or where it is not known for what.
    """
    year, period = submission.financial_year, submission.reporting_period
    is_to_be_sent = submission.state in (State.BLOCKED, State.HELD) and not _is_of_unknown_period(submission)
    if not is_to_be_sent or year is None or period is None:
        return None
    directorate = submission.reports_for
    given = [
        each.version_no or 0
        for each in siblings
        if (each.financial_year, each.reporting_period) == (year, period) and each.judged_seq <= submission.judged_seq
    ]
    in_force = history.in_force(directorate, year, period)
    return NextFile(
        workbook_name(directorate, year, period, max(given, default=0) + 1),
        NIL if submission.fields.get("return_type") == NIL else fitting_type(history, directorate, (year, period)),
        in_force.version_no if in_force else None,
    )


def _is_of_unknown_period(submission: JudgedSubmission) -> bool:
    return any(
        finding.severity is Severity.BLOCK
        and finding.sheet.strip() == RETURN_SHEET
        and finding.column in _WHOSE_AND_WHEN
        for finding in submission.findings
    )
