"""What a receipt says: its heading, what it comes to, and what its reader has to do next.

Here belong the sentences, by state. Not here: figures and files (``facts``, ``receipt``), layout
(``page_templates``, ``receipt_workbook``), and the words of a single finding (``findings.words``).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sources.clock import LONDON
from sources.custody.events import Event
from sources.custody.payloads import Decision
from sources.custody.submission import LET_GO, JudgedSubmission, State
from sources.findings import wording
from sources.findings.findings import Severity, WhoActs
from sources.judging.history import RESTATEMENT, PreviousReturn
from sources.reader import refusals
from sources.receipts.changes import Changes
from sources.receipts.next_file import NextFile
from sources.template import declaration
from sources.template.declaration import RETURN_SHEET, SAVINGS, SHORTEST_RESTATEMENT_REASON

NOTHING = "not given"
OUR_FAULT = "check-failed"

_HEADINGS = {
    State.WAITING: "Released: to be judged again",
    State.ACCEPTED: "Accepted",
    State.HELD: "Held for a decision",
    State.BLOCKED: "Not accepted: you need to correct something",
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
    Severity.BLOCK: "You must correct this",
    Severity.HOLD: "Holds the return for a decision",
    Severity.WARN: "Please look at it",
    Severity.CERTIFY: "Needed before certifying",
}
_SECTIONS = {
    Severity.BLOCK: (
        "What you must correct",
        "Only the points in this section stop the file. Correct all of them before you send it again.",
    ),
    Severity.HOLD: (
        "What holds it",
        "Only the points in this section hold the return. They may be right: a named post decides.",
    ),
    Severity.WARN: (
        "Please look at",
        "These points do not stop the file. Correct what is wrong, and leave what is right.",
    ),
    Severity.CERTIFY: (
        "Before you certify",
        "These points do not stop the file. Until you have dealt with them, it can only be accepted as provisional.",
    ),
}
# D25 takes these (docs/decisions/0010); a difference without a word would look like a loss.
WHY_TOTALS_DIFFER = (
    "The amounts that we read count. You do not need to correct this difference: the sum in your sheet leaves out "
    "amounts that are typed as text and takes in rows of totals, or the pennies were rounded."
)
NOT_REGISTERED = (
    "The approved plan does not list these lines, so they are in no figure. They count as soon as finance has "
    "registered them with the same baseline: you need not send them again."
)
_TONES = {
    State.ACCEPTED: "good",
    State.BLOCKED: "bad",
    State.REFUSED: "bad",
    State.REJECTED: "bad",
}
_SEND_AGAIN = (
    "Correct every point under 'What you must correct' in your own workbook, then put it into your folder again. "
    "We have listed all that we could check. We check next time what depends on a cell that we could not read."
)
_MAY_BE_THE_PLAN = (
    "If the plan is wrong and not your file, tell finance. Once they have corrected it, we check "
    "your file again. You do not need to send it again."
)
_DO_AS_SAID = (
    "Do what is said below, then send the file again. Nothing further of it was checked: its figures are checked once "
    "it can be taken."
)
_NOTHING_LOADED = "Nothing of this file was loaded. Figures that you sent before stay as they were."


def heading(submission: JudgedSubmission) -> str:
    """Return the receipt's heading; a certified return that cannot be so says it there (R02)."""
    if submission.state is State.REFUSED:
        return _REFUSED.get(submission.refusal_code, _NOT_AS_IN_THE_TEMPLATE)
    text = _HEADINGS[submission.state]
    return f"{text} as provisional: NOT CERTIFIED" if _is_not_certified(submission) else text


def lead(submission: JudgedSubmission, original: JudgedSubmission | None) -> str:
    """Return the one sentence that an officer has to read."""
    if original:
        return f"The same file was received on {moment(original.received_at)}, and what was decided then stands."
    blocks, warnings = submission.count(Severity.BLOCK), submission.count(Severity.WARN)
    if submission.state is State.ACCEPTED:
        return f"{counted(submission.rows_read, 'row')} read, {counted(warnings, 'warning')}."
    if submission.state is State.WAITING:
        return "It is loaded with the next load, unless something blocks it then."
    if submission.state is State.WITHDRAWN:
        return "Its figures no longer count: where a return was accepted before it, that one is in force again."
    if submission.state is State.BLOCKED:
        return f"{counted(blocks, 'point')} to correct. {_NOTHING_LOADED}"
    return _NOTHING_LOADED


def section(severity: Severity, told: JudgedSubmission) -> tuple[str, str]:
    """Return the heading of the findings of one severity, and what they do to the file."""
    if told.refusal_code == OUR_FAULT and severity is Severity.BLOCK:
        return "What happened", "This is our fault and not your file's."
    if severity is Severity.HOLD and told.state is not State.HELD:
        return "What held it", "A named post has decided on these points."
    return _SECTIONS[severity]


def section_of(who: WhoActs) -> tuple[str, str]:
    """Return the heading of the findings that others act on, and what the sender has to do about them."""
    return (
        f"With {'finance' if who is WhoActs.FINANCE else 'the data team'}",
        "You need not do anything about these points.",
    )


def next_steps(submission: JudgedSubmission) -> list[str]:
    """Return what happens next, and what the officer does."""
    if submission.state is State.ACCEPTED:
        return _after_acceptance(submission)
    if submission.state is State.HELD:
        return [
            "A named post decides whether it is loaded or rejected; you are told.",
            "If you see that it is wrong, send a corrected one: once that is accepted, this one can only be rejected.",
        ]
    if submission.state is State.BLOCKED:
        return [_SEND_AGAIN, _MAY_BE_THE_PLAN]
    if submission.state is State.REFUSED and submission.refusal_code != OUR_FAULT:
        return [_DO_AS_SAID]
    if submission.state is State.DUPLICATE:
        return ["You need do nothing. If you meant to send a newer version, put that into your folder."]
    if submission.state is State.OVERTAKEN:
        return ["If this is the file that counts, put it into your folder again, alone."]
    if submission.state in LET_GO:
        return [
            "If your figures for this period are not right now, send them again; the same file may be sent again too."
        ]
    if submission.state is State.WAITING:
        return ["You need do nothing. You get another receipt once it is judged."]
    return ["You need do nothing: this page is for your records."]


def steps_of_check(submission: JudgedSubmission) -> list[str]:
    """Return what the officer does with a file that was only checked."""
    checked = "This was a check: nothing was sent, and nothing was loaded."
    if submission.state is State.ACCEPTED:
        return [f"{checked} To send the file, put it into your folder."]
    return [checked, *next_steps(submission)]


def batch(submission: JudgedSubmission, judged: str) -> list[str]:
    """Return which of several files that came together was judged; nothing where it came alone.

    Args:
        submission: One of them.
        judged: The name of the one that was, where it was another.
    """
    if judged:
        return [f"You sent several files for this period together. {judged} was written last, so only that was judged."]
    if submission.overtook:
        others = ", ".join(submission.overtook)
        return [f"You sent several files for this period together. This one was written last. Not judged: {others}."]
    return []


def decision(event: Event[Decision]) -> str:
    """Return a post's decision, with its reason."""
    return f"{event.kind.value.capitalize()} by {event.payload.post}, {moment(event.at)}: {event.payload.reason}"


def to_send(file: NextFile) -> list[tuple[str, str]]:
    """Return what the corrected return has to be, label by label."""
    kind, version, why = (
        declaration.heading(RETURN_SHEET, name) for name in ("return_type", "supersedes_version", "restatement_reason")
    )
    reason = f", with at least {SHORTEST_RESTATEMENT_REASON} characters in {why}"
    return [
        ("Send it as", file.name),
        (f"{kind} on the Return sheet", file.return_type + (reason if file.return_type == RESTATEMENT else "")),
        (
            f"{version} on the Return sheet",
            "leave it blank" if not file.supersedes_version else str(file.supersedes_version),
        ),
    ]


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


def counted(number: int, thing: str) -> str:
    """Return a count with its noun."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


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
    return "".join(letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}" for letter in value)


def _is_not_certified(submission: JudgedSubmission) -> bool:
    says = submission.fields.get("status")
    return submission.state is State.ACCEPTED and says == "Certified" and submission.certification != says


def _after_acceptance(submission: JudgedSubmission) -> list[str]:
    steps = ["Its figures are in the next release, and stay until a later return for this period is accepted."]
    if submission.rows_quarantined:
        lines = counted(submission.rows_quarantined, "line")
        steps.append(f"{lines} set apart until finance registers them. They are in no figure until then.")
    if submission.count(Severity.CERTIFY):
        steps.append("Before you certify, correct the points listed under 'Before you certify'.")
    if submission.version_no:
        steps.append(f"To change a figure, send a new return that supersedes version {submission.version_no}.")
    return steps
