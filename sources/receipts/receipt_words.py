"""What a receipt says: its heading, what it comes to, and what its reader has to do next.

Here belong the sentences, by state. Not here: what comes after the first task (``step_words``), figures and
files (``facts``, ``receipt``), layout (``page_templates``, ``receipt_workbook``), and the words of a single
finding (``findings.words``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from sources.clock import LONDON
from sources.custody.submission import LET_GO, JudgedSubmission, State
from sources.findings import wording
from sources.findings.findings import Severity, WhoActs
from sources.findings.listing import counted
from sources.judging.history import PreviousReturn
from sources.reader import refusals
from sources.receipts.changes import Changes
from sources.template import declaration
from sources.template.declaration import SAVINGS

NOTHING = "not given"
OUR_FAULT = "check-failed"

_HEADINGS = {
    State.WAITING: "Released: to be judged again",
    State.ACCEPTED: "Accepted",
    State.HELD: "Held for a decision",
    State.BLOCKED: "Not accepted: correct it and send it again",
    State.DUPLICATE: "Already received: nothing has changed",
    State.OVERTAKEN: "Not judged: a later file of yours was",
    State.REJECTED: "Rejected",
    State.WITHDRAWN: "Withdrawn",
}
# By refusal code; those of the reader are of files that could not be opened.
_REFUSED = {
    **dict.fromkeys(refusals.CODES, "Not read: the file could not be opened safely"),
    "not-regular-file": "Not read: this is not a file of its own",
    "not-a-return": "Not taken: this is not a savings return",
    "template-version": "Not taken: it is made from another version of the template",
    "not-authorised-for": "Not taken: it was put into another directorate's folder",
    "unknown-directorate": "Not taken: it is for no directorate that we know",
    OUR_FAULT: "Not decided: our own checks stopped",
}
_NOT_AS_IN_THE_TEMPLATE = "Not taken: its sheets are not laid out as in the template"
_EFFECTS = {
    Severity.BLOCK: "Correct this",
    Severity.HOLD: "Holds the return for a decision",
    Severity.WARN: "Check this",
    Severity.CERTIFY: "Correct this before you certify",
}
_TASKS = "What you need to do"
# What the sender does first, by state: the findings under its heading, and what to do with them.
_FIRST = {
    (State.BLOCKED, Severity.BLOCK): "Correct each of these in your workbook.",
    (
        State.REFUSED,
        Severity.BLOCK,
    ): "Correct this, then send the file again. We check its figures once we can read it.",
    (State.HELD, Severity.HOLD): "Check each of these. If one is wrong, correct it and send the return again.",
    (State.ACCEPTED, Severity.WARN): (
        "Check each of these. If one is wrong, correct it and send the return again. If it is right, leave it as it is."
    ),
    (State.ACCEPTED, Severity.CERTIFY): "Correct each of these before you certify.",
}
# The other sections, by what their findings do.
_SECTIONS = {
    Severity.BLOCK: ("What we found", "These stopped the file."),
    Severity.HOLD: ("What we asked a named post to decide", "These held the return."),
    Severity.WARN: (
        "Check these too",
        "These do not stop the file. If one is wrong, correct it. If it is right, leave it as it is.",
    ),
    Severity.CERTIFY: ("Before you certify", "Until you correct these, we can only accept the return as provisional."),
}
# D25 takes these (docs/decisions/0010); a difference without a word would look like a loss.
WHY_TOTALS_DIFFER = (
    "We use the figures that we read. You do not need to correct this difference: the sum in your sheet leaves out "
    "amounts that are typed as text and takes in rows of totals, or the pennies were rounded."
)
NOT_REGISTERED = (
    "The approved plan does not list these lines, so no figure includes them yet. They count once finance registers "
    "them with the same baseline. You do not need to send them again."
)
_TONES = {
    State.ACCEPTED: "good",
    State.BLOCKED: "bad",
    State.REFUSED: "bad",
    State.REJECTED: "bad",
}
_NOTHING_TO_DO = "You do not need to do anything."
_NOTHING_LOADED = "We did not load any of this file. The figures that you sent before have not changed."


_TO_DO = {
    State.DUPLICATE: _NOTHING_TO_DO + " If you meant to send a newer version, put that into {folder}.",
    State.OVERTAKEN: "If this is the file that counts, put it into {folder} again, alone.",
    State.BLOCKED: f"{_NOTHING_TO_DO} Others have to act first.",
    State.WAITING: f"{_NOTHING_TO_DO} You get another receipt once we have checked it.",
    **dict.fromkeys(
        LET_GO, "If your figures for this period are not right now, send them again. You can send the same file again."
    ),
}


def heading(submission: JudgedSubmission) -> str:
    """Return the receipt's heading; a certified return that cannot be so says it there (R02)."""
    if submission.state is State.REFUSED:
        return _REFUSED.get(submission.refusal_code, _NOT_AS_IN_THE_TEMPLATE)
    text = _HEADINGS[submission.state]
    return f"{text} as provisional: NOT CERTIFIED" if _is_not_certified(submission) else text


def lead(submission: JudgedSubmission, original: JudgedSubmission | None) -> str:
    """Return the one sentence that an officer has to read; it counts only what is theirs to correct."""
    if original:
        return f"We received the same file on {moment(original.received_at)}. What we decided then has not changed."
    blocks, warnings = own(submission, Severity.BLOCK), own(submission, Severity.WARN)
    if submission.state is State.ACCEPTED:
        to_check = f" {counted(warnings, 'point')} for you to check." if warnings else ""
        return f"We read {counted(submission.rows_read, 'row')}.{to_check}"
    if submission.state is State.WAITING:
        return "We load it with the next load, unless something stops it then."
    if submission.state is State.WITHDRAWN:
        return "Its figures no longer count. If we accepted a return before it, we use that one again."
    if submission.state is State.BLOCKED and blocks:
        return f"{counted(blocks, 'point')} for you to correct. {_NOTHING_LOADED}"
    return _NOTHING_LOADED


def first_section(severity: Severity, told: JudgedSubmission) -> tuple[str, str] | None:
    """Return heading and note of the findings that are the sender's first task; None if those are not."""
    note = _FIRST.get((told.state, severity))
    return (_TASKS, note) if note and told.refusal_code != OUR_FAULT else None


def nothing_first(submission: JudgedSubmission) -> tuple[str, str]:
    """Return the same of a file in which the sender has nothing to correct."""
    return _TASKS, _TO_DO.get(submission.state, _NOTHING_TO_DO).format(folder=folder(submission))


def folder(submission: JudgedSubmission) -> str:
    """Return what its sender calls the folder that it came through."""
    return f"your folder ({submission.directorate_code})" if submission.directorate_code else "your folder"


def section(severity: Severity, told: JudgedSubmission) -> tuple[str, str]:
    """Return the heading of further findings of one severity, and what they do to the file."""
    if told.refusal_code == OUR_FAULT:
        return "What happened", "This is our fault and not your file's."
    return _SECTIONS[severity]


def section_of(who: WhoActs) -> tuple[str, str]:
    """Return the heading of the findings that others act on, and what the sender has to do about them."""
    return (
        f"For {'finance' if who is WhoActs.FINANCE else 'the data team'}",
        "You do not need to do anything about these.",
    )


def about(submission: JudgedSubmission) -> str:
    """Return whose return for when it is; of a file that does not say, whose folder it lay in."""
    return ", ".join(part for part in (submission.reports_for, period(submission) or submission.file_name) if part)


def tone(submission: JudgedSubmission) -> str:
    """Return whether the verdict is good news, bad news or neither, as the page's styles name it."""
    return _TONES.get(submission.state, "")


def compared(changes: Changes | None) -> str:
    """Return which return another is compared with, and whether anything moved."""
    if changes is None:
        return "There is no earlier return of yours to compare it with."
    return f"Compared with {since(changes.since)}.{' Nothing moved.' if changes.is_nothing else ''}"


def period(submission: JudgedSubmission) -> str:
    """Return which return it is, ``2021/22 P06, version 1``; empty if that is not known."""
    if submission.financial_year is None or submission.reporting_period is None:
        return ""
    version = f", version {submission.version_no}" if submission.version_no else ""
    return f"{submission.financial_year} {submission.reporting_period}{version}"


def since(past: PreviousReturn) -> str:
    """Return which return another is compared with."""
    return f"{past.financial_year} {past.reporting_period}, version {past.version_no}"


def effect(severity: Severity) -> str:
    """Return what a finding of that severity does, in words."""
    return _EFFECTS[severity]


def column_name(column: str) -> str:
    """Return what a person calls a column of the Savings sheet."""
    return declaration.heading(SAVINGS.name, column)


def shown(value: Decimal | int | str | None) -> str:
    """Return an amount in pounds, a count or a word as it stands, and what is not there in words."""
    if value is None:
        return NOTHING
    return wording.pounds(value) if isinstance(value, Decimal) else str(value)


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
    return spelled(value, str.isprintable)


def spelled(text: str, is_shown: Callable[[str], bool]) -> str:
    """Return text with each character spelled out that is not shown."""
    return "".join(letter if is_shown(letter) else f"\\u{{{ord(letter):x}}}" for letter in text)


def own(submission: JudgedSubmission, severity: Severity) -> int:
    """Count the findings of one severity that the sender has to act on."""
    own = WhoActs.DIRECTORATE
    return sum(each.severity is severity and each.who is own for each in submission.findings)


def _is_not_certified(submission: JudgedSubmission) -> bool:
    says = submission.fields.get("status")
    return submission.state is State.ACCEPTED and says == "Certified" and submission.certification != says
