"""What a receipt says of what comes after the sender's first task: how to send the file again, and what happens next.

Here belong those sentences, by state. Not here: the verdict and the first task itself (``receipt_words``).
"""

from __future__ import annotations

from datetime import datetime

from sources.custody.events import Event
from sources.custody.payloads import Decision
from sources.custody.submission import JudgedSubmission, State
from sources.findings.findings import Severity, Verdict
from sources.findings.listing import counted
from sources.judging.history import RESTATEMENT
from sources.receipts.next_file import NextFile
from sources.receipts.receipt_words import OUR_FAULT, folder, moment, own
from sources.template import declaration
from sources.template.declaration import RETURN_SHEET, SHORTEST_RESTATEMENT_REASON

_THEN_CHECKED = "We then check what depends on a cell that we could not read."
_MAY_BE_THE_PLAN = (
    "If the plan is wrong and not your file, tell finance. Once finance corrects the plan, we check your file again."
)


def steps_heading(submission: JudgedSubmission) -> str:
    """Return the heading of what comes after the sender's first task."""
    return "Then send it again" if submission.state in (State.BLOCKED, State.REFUSED) else "What happens next"


def next_steps(submission: JudgedSubmission) -> list[str]:
    """Return what comes after the sender's first task."""
    if submission.state is State.ACCEPTED:
        return _after_acceptance(submission)
    if submission.state is State.HELD:
        return [
            "A named post decides whether we load or reject it. You then get another receipt.",
            "If you send a corrected return and we accept it, this one can only be rejected.",
        ]
    if submission.state is State.BLOCKED:
        put = [_put(submission)] if own(submission, Severity.BLOCK) else []
        return [*put, *([_THEN_CHECKED] if put else []), _MAY_BE_THE_PLAN]
    if submission.state is State.REFUSED and submission.refusal_code != OUR_FAULT:
        return [_put(submission)]
    return []


def of_a_check(submission: JudgedSubmission) -> list[str]:
    """Return what comes after the first task for a file that was only checked."""
    checked = "This was a check. You have not sent the file, and we have not loaded it."
    if submission.state is State.ACCEPTED:
        return [f"{checked} To send it, put it into {folder(submission)}."]
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


def plan(verdict: Verdict, adopted_at: datetime) -> str:
    """Return by which plan a return was judged while a newer one was not in force yet.

    Args:
        verdict: What was decided of it.
        adopted_at: When the plan in force was adopted.
    """
    judged = f"We checked this against the plan that was adopted on {moment(adopted_at)}."
    waits = "There was a newer plan, which finance had not put in force yet."
    again = " Once finance does, we check your file again." if verdict is not Verdict.ACCEPTED else ""
    return f"{judged} {waits}{again}"


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


def _put(submission: JudgedSubmission) -> str:
    return f"Put the corrected workbook into {folder(submission)}."


def _after_acceptance(submission: JudgedSubmission) -> list[str]:
    steps = ["Its figures are in the next release, until we accept a later return for this period."]
    if submission.rows_quarantined:
        lines = counted(submission.rows_quarantined, "line")
        steps.append(f"{lines} left out until finance registers them in the plan.")
    if submission.version_no:
        steps.append(f"To change a figure, send a new return that replaces version {submission.version_no}.")
    return steps
