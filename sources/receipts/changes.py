"""What an accepted return changes against the one before it: lines added, lines gone, lines that moved.

Here belong the comparison of two returns' typed lines, and against which return it is made. Not
here: whether a movement needs an explanation (``checks_history``), and how it is shown.

Source: "diff in receipt" of F-B12; R12 (nothing moved), R42 (what it supersedes), R52 (else the
previous period in force).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sources.custody.submission import JudgedSubmission
from sources.judging.history import History, PastRow, PreviousReturn, previous_period
from sources.parsing.rows import ZERO

AMOUNTS = ("projected_gbp", "achieved_to_date_gbp", "deferred_gbp", "undeliverable_gbp")
COMPARED = (*AMOUNTS, "status", "rag")
# What stands on the other side of a line that was added or has gone.
_NOTHING: PastRow = dict.fromkeys(COMPARED)


@dataclass(frozen=True)
class Movement:
    """One value before and after.

    Attributes:
        column: Which, by its name on the Savings sheet.
        before: Pounds or a word; None where nothing was given.
        after: Likewise.
    """

    column: str
    before: Decimal | str | None
    after: Decimal | str | None

    @property
    def difference(self) -> Decimal | None:
        """After less before, in pounds, what was not given counted as 0; None for words."""
        if self.column not in AMOUNTS:
            return None
        return Decimal(self.after or 0) - Decimal(self.before or 0)


@dataclass(frozen=True)
class LineMoved:
    """A line with everything of it that moved; of a line that was added or has gone, all there is.

    Attributes:
        saving_ref: The line.
        plan_year: The year in which it was first budgeted.
        movements: In the order of ``COMPARED``.
    """

    saving_ref: str
    plan_year: str
    movements: tuple[Movement, ...]

    def value(self, column: str, side: Literal["before", "after"]) -> Decimal | str | None:
        """Return what a column held on one side, if it moved."""
        return next((getattr(each, side) for each in self.movements if each.column == column), None)


@dataclass(frozen=True)
class Changes:
    """What one return changes against another.

    Attributes:
        since: The return that it is compared with.
        added: Lines that the other had not; nothing stands before.
        gone: Lines that it has no more; nothing stands after.
        moved: Lines of both of which something moved.
        totals: Each amount over all lines of each return.
    """

    since: PreviousReturn
    added: tuple[LineMoved, ...]
    gone: tuple[LineMoved, ...]
    moved: tuple[LineMoved, ...]
    totals: tuple[Movement, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing moved at all (R12)."""
        return not (self.added or self.gone or self.moved)


def changes_of(submission: JudgedSubmission, history: History, lines: Sequence[PastRow]) -> Changes | None:
    """Return what a return changes.

    Args:
        submission: One that has lines.
        history: As it was before that return's verdict.
        lines: Its typed lines.

    Returns:
        The changes against the version that it supersedes, or else the directorate's previous
        period in force; None where there is neither.
    """
    since = _compared_with(submission, history)
    if since is None:
        return None
    return compared(since, tuple(since.lines.values()), lines)


def compared(since: PreviousReturn, before: Sequence[PastRow], after: Sequence[PastRow]) -> Changes:
    """Return what the rows of one return change against those of the return before it."""
    old, new = ({_key(row): row for row in rows} for rows in (before, after))
    both = (_line(key, old[key], new[key]) for key in sorted(old.keys() & new.keys()))
    return Changes(
        since=since,
        added=tuple(_line(key, _NOTHING, new[key]) for key in sorted(new.keys() - old.keys())),
        gone=tuple(_line(key, old[key], _NOTHING) for key in sorted(old.keys() - new.keys())),
        moved=tuple(line for line in both if line.movements),
        totals=tuple(Movement(name, _total(before, name), _total(after, name)) for name in AMOUNTS),
    )


def _compared_with(submission: JudgedSubmission, history: History) -> PreviousReturn | None:
    directorate, year, period = submission.reports_for, submission.financial_year, submission.reporting_period
    if year is None or period is None:
        return None
    return history.in_force(directorate, year, period) or previous_period(history, directorate, (year, period))


def _key(row: PastRow) -> tuple[str, str]:
    return row["saving_ref"], row["plan_year"]


def _line(key: tuple[str, str], before: PastRow, after: PastRow) -> LineMoved:
    values = (Movement(name, before[name], after[name]) for name in COMPARED)
    return LineMoved(*key, tuple(each for each in values if each.before != each.after))


def _total(rows: Sequence[PastRow], column: str) -> Decimal:
    return sum((row[column] or ZERO for row in rows), ZERO)
