"""What a directorate's page says: what to do, what is due, and what became of what was sent.

Here belong the sentences. Not here: which of them are said (``desk_page``), and the words for a verdict,
which the receipt has too (``receipts.receipt_words``).
"""

from __future__ import annotations

from datetime import date

from sources.custody.submission import State
from sources.intake.standing import NOT_RECEIVED, Cell

OVERDUE, DUE, TO_CORRECT, NOT_TAKEN = "Overdue", "Due next", "To correct", "Not taken"
# What stands of a return, and the tone of the words.
_STANDING = {
    State.ACCEPTED: "Accepted",
    State.HELD: "Waiting for a decision",
    State.BLOCKED: "Not accepted",
    State.WAITING: "Waiting to be checked",
    State.REJECTED: "Rejected",
    State.WITHDRAWN: "Withdrawn",
}


def return_named(cell: Cell) -> str:
    """Return which return it is, ``2021/22 P06``."""
    return f"{cell.financial_year} {cell.reporting_period}"


def day(of: date) -> str:
    """Return a day as people write it."""
    return f"{of.day} {of:%B %Y}"


def to_send(cell: Cell, is_overdue: bool) -> str:
    """Return the task of a return that has not come."""
    return f"Send your return for {return_named(cell)}{'' if is_overdue else f' by {day(cell.due_date)}'}"


def to_correct(cell: Cell) -> str:
    """Return the task of a return that was not accepted."""
    return f"Correct version {cell.blocked_version_no} of your return for {return_named(cell)}"


def why_to_send(cell: Cell) -> str:
    """Return what else is to be said of a return that has not come."""
    carried = f" Until it comes, your figures of {cell.carried_from} are used." if cell.carried_from else ""
    return f"It was due on {day(cell.due_date)}.{carried}" if cell.is_overdue else f"It is due on {day(cell.due_date)}."


def why_to_correct(cell: Cell) -> str:
    """Return what else is to be said of a return that was not accepted."""
    counts = f"Version {cell.version_no} still counts." if cell.state == State.ACCEPTED else why_to_send(cell)
    return f"Its receipt says what is wrong. {counts}"


def standing(cell: Cell) -> str:
    """Return what stands of a return, in a few words."""
    if cell.state == NOT_RECEIVED:
        return OVERDUE if cell.is_overdue else "Not sent yet"
    version = f", version {cell.version_no}" if cell.version_no else ""
    certified = f", {cell.certification.lower()}" if cell.certification else ""
    late = f": {OVERDUE.lower()}" if cell.is_overdue else ""
    return f"{_STANDING[State(cell.state)]}{version}{certified}{late}"
