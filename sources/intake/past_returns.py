"""The earlier returns that a template is filled from, whole, and which of them says what of a line.

Here belongs where a cell comes from. Not here: which of its cells are taken (``filled_lines``,
``carrying``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sources.home import Home
from sources.judging.history import History, PreviousReturn, previous_period
from sources.judging.registration import Line, Period
from sources.lines.line_files import read_sheet
from sources.reference.reference import Reference
from sources.template.declaration import DEFERRALS, SAVINGS, Sheet, sheet_named

Row = Mapping[str, Any]


@dataclass(frozen=True)
class PastReturns:
    """The returns in force before a directorate's return for a period, and that for the very period.

    Attributes:
        directorate_code: Whose return it will be.
        period: Year and period that it will report.
        reference: The plan and the lists in force.
        home: Holds the typed lines of earlier returns.
        history: What was accepted before.
    """

    directorate_code: str
    period: Period
    reference: Reference
    home: Home
    history: History

    @cached_property
    def in_force(self) -> PreviousReturn | None:
        """The return in force for this very period, which the new one would correct."""
        return self.history.in_force(self.directorate_code, *self.period)

    @cached_property
    def before(self) -> PreviousReturn | None:
        """The previous period's return (R52), whose amounts are shown next to the new ones."""
        return previous_period(self.history, self.directorate_code, self.period)

    @property
    def source(self) -> PreviousReturn | None:
        """The return that rows are taken from; None before the first."""
        return self.in_force or self.before

    def last_to_report(self, line: Line) -> PreviousReturn | None:
        """Return the last return that has a line: the directorate's own, else that of who had it before (R24)."""
        if self.source and line in self.source.keys:
            return self.source
        upto = (past for past in reversed(self.history.returns()) if past.period <= self.period)
        return next((past for past in upto if line in past.keys), None)

    def line(self, past: PreviousReturn, line: Line) -> Row:
        """Return a line's whole row in a return that has it."""
        return next(row for row in self.rows(past, SAVINGS) if (row["saving_ref"], row["plan_year"]) == line)

    def parts(self, past: PreviousReturn, line: Line) -> Sequence[Row]:
        """Return a line's rows of a return's Deferrals sheet."""
        return [row for row in self.rows(past, DEFERRALS) if (row["saving_ref"], row["plan_year"]) == line]

    def rows(self, past: PreviousReturn | None, sheet: Sheet) -> Sequence[Row]:
        """Return the whole rows of a return's sheet, where the history keeps what the checks ask."""
        return _whole(self.home, sheet.name, past.submission_id) if past else ()


@lru_cache(maxsize=64)  # a directorate's templates have the same source; years of whole returns would fill the memory
def _whole(home: Home, sheet_name: str, submission_id: str) -> Sequence[Row]:
    return tuple(read_sheet(home, sheet_named(sheet_name), submission_id).to_pylist())
