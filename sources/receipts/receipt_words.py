"""What a receipt says: its heading, what it comes to, and what its reader has to do next.

Here belong the sentences, by state. Not here: figures and files (``receipt``), layout
(``receipt_templates``), and the wording of a single finding (``wording``).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sources.custody.submission import State, Submission
from sources.judging import wording
from sources.judging.findings import Severity

LONDON = ZoneInfo("Europe/London")
NOTHING = "not given"

_HEADINGS = {
    State.WAITING: "Received, not yet decided",
    State.ACCEPTED: "Accepted",
    State.HELD: "Held for a decision",
    State.BLOCKED: "Not accepted: there is something to mend",
    State.REFUSED: "Not read: we cannot take this as a return",
    State.DUPLICATE: "Already received: nothing has changed",
    State.REJECTED: "Rejected",
    State.WITHDRAWN: "Withdrawn",
}
_EFFECTS = {
    Severity.BLOCK: "Must be mended",
    Severity.HOLD: "Holds the return for a decision",
    Severity.WARN: "Please look at it",
    Severity.CERTIFY: "Needed before certifying",
}
_SEND_AGAIN = (
    "Mend every point below in your workbook, then put it into your folder again. All that we found is listed."
)
_NOTHING_LOADED = "Nothing of this file was loaded. Figures that you sent before stay as they were."


def heading(submission: Submission) -> str:
    """Return the receipt's heading; a certified return that cannot be so says it there (R02)."""
    text = _HEADINGS[submission.state]
    return f"{text} as provisional: NOT CERTIFIED" if _is_not_certified(submission) else text


def lead(submission: Submission, original: Submission | None) -> str:
    """Return the one sentence that an officer has to read."""
    if original:
        return f"The same file was received on {moment(original.received_at)}, and what was decided then stands."
    blocks, warnings = submission.count(Severity.BLOCK), submission.count(Severity.WARN)
    if submission.state is State.ACCEPTED:
        return f"{counted(submission.rows_read, 'row')} read, {counted(warnings, 'warning')}."
    if submission.state is State.BLOCKED:
        return f"{counted(blocks, 'point')} to mend. {_NOTHING_LOADED}"
    return _NOTHING_LOADED


def amount_name(column: str) -> str:
    """Return an amount's column in words: ``achieved_to_date_gbp`` is ``Achieved to date``."""
    return column.removesuffix("_gbp").replace("_", " ").capitalize()


def next_steps(submission: Submission) -> list[str]:
    """Return what happens next, and what the officer does."""
    if submission.state is State.ACCEPTED:
        return _after_acceptance(submission)
    if submission.state is State.HELD:
        return [
            "A named post decides whether it is loaded or rejected; you are told.",
            "If you see that it is wrong, send a corrected one: once that is accepted, this one can only be rejected.",
        ]
    if submission.state in (State.BLOCKED, State.REFUSED):
        by_itself = (
            "If what is wrong is the plan and not your file, tell finance: it is judged again once that is mended."
        )
        return [_SEND_AGAIN, by_itself] if submission.state is State.BLOCKED else [_SEND_AGAIN]
    if submission.state is State.DUPLICATE:
        return ["You need do nothing. If you meant to send a newer version, put that into your folder."]
    return ["Nothing: this page is for your records."]


def period(submission: Submission) -> str:
    """Return which return it is, ``2021/22 P06, version 1``; empty if that is not known."""
    if submission.financial_year is None or submission.reporting_period is None:
        return ""
    version = f", version {submission.version_no}" if submission.version_no else ""
    return f"{submission.financial_year} {submission.reporting_period}{version}"


def effect(severity: Severity) -> str:
    """Return what a finding of that severity does, in words."""
    return _EFFECTS[severity]


def counted(number: int, thing: str) -> str:
    """Return a count with its noun."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def pounds(amount: Decimal | None) -> str:
    """Return an amount, or a dash where there is none."""
    return NOTHING if amount is None else wording.pounds(amount)


def moment(at: datetime) -> str:
    """Return a time as people in London read it."""
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"


def printable(value: object) -> object:
    """Return text with everything that cannot be seen spelled out; other values as they are.

    A file's name may hold line breaks, or signs that turn the reading direction round.
    """
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}" for letter in value)


def _is_not_certified(submission: Submission) -> bool:
    says = submission.fields.get("status")
    return submission.state is State.ACCEPTED and says == "Certified" and submission.certification != says


def _after_acceptance(submission: Submission) -> list[str]:
    steps = ["Its figures are in the next release, and stay until a later return for this period is accepted."]
    if submission.rows_quarantined:
        lines = counted(submission.rows_quarantined, "line")
        steps.append(f"{lines} set apart until finance registers them; they are listed below.")
    if submission.count(Severity.CERTIFY):
        steps.append("Before you certify, mend the points marked so.")
    if submission.version_no:
        steps.append(f"To change a figure, send a new return that supersedes version {submission.version_no}.")
    return steps
