"""Which templates a directorate is offered at a moment: what is overdue, what is due next, what to correct.

Here belongs which returns those are and how their files are named, for `savings template --all` and
for a directorate's desk. Not here: what stands of each return (``standing``), what a template is
filled with (``prefill``), and the page that links to them (``receipts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sources.custody.submission import State
from sources.intake.standing import Cell
from sources.template.declaration import workbook_name


class Why(StrEnum):
    """Why a template is offered, as a person reads it."""

    OVERDUE = "overdue"
    NEXT = "due next"
    CORRECT = "to correct what you sent last"


@dataclass(frozen=True)
class DueTemplate:
    """One template that a directorate is offered.

    Attributes:
        cell: Whose return, for which period, when it is due and what stands of it.
        why: Why it is offered.
    """

    cell: Cell
    why: Why

    @property
    def period(self) -> tuple[str, str]:
        """Financial year and reporting period, as ``Prefill`` asks for them."""
        return self.cell.financial_year, self.cell.reporting_period

    @property
    def file_name(self) -> str:
        """The name of its file: that of the version that would be sent with it."""
        sent = (self.cell.version_no, self.cell.held_version_no, self.cell.blocked_version_no)
        return workbook_name(self.cell.directorate_code, *self.period, max(number or 0 for number in sent) + 1)


def due_templates(directorate_code: str, cells: Iterable[Cell]) -> list[DueTemplate]:
    """Return what a directorate is offered: all that is overdue, the next, and the last in force.

    Args:
        directorate_code: Whose.
        cells: What stands of each return now, in the order of the calendar (``standing``).
    """
    return list(_offered([cell for cell in cells if cell.directorate_code == directorate_code]))


def _offered(own: Sequence[Cell]) -> Iterator[DueTemplate]:
    missing = [cell for cell in own if cell.state != State.ACCEPTED]
    to_come = [cell for cell in missing if not cell.is_overdue and not cell.is_missed]
    yield from (DueTemplate(cell, Why.OVERDUE) for cell in missing if cell.is_overdue)
    yield from (DueTemplate(cell, Why.NEXT) for cell in to_come[:1])
    yield from (DueTemplate(cell, Why.CORRECT) for cell in [cell for cell in own if cell.state == State.ACCEPTED][-1:])
