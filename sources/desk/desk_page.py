"""What a directorate's page tells: what to do, which returns are due, what was sent and what became of it.

Here belongs what is read of ledger and calendar for one directorate, and nothing of another. Not here:
the sentences (``desk_words``), the layout (``receipts.page_templates``), and writing it (``desk``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sources.clock import LONDON
from sources.custody.submission import JudgedSubmission, State
from sources.desk import desk_words as words
from sources.home import Home
from sources.intake.due_templates import DueTemplate, Why, due_templates
from sources.intake.standing import Cell
from sources.receipts import receipt_words
from sources.receipts.receipt import desk_of, receipt_on_desk
from sources.receipts.tables import Table

PAGE_NAME = "index.html"
# How many of the returns to come are shown at once.
MOST_TO_COME = 3


@dataclass(frozen=True)
class Link:
    """A link from the page.

    Attributes:
        href: From the desk's own folder.
        text: In words.
    """

    href: str
    text: str


@dataclass(frozen=True)
class Task:
    """Something to do.

    Attributes:
        text: What, as an order.
        note: Why, and until when.
        label: How pressing it is, in a word or two.
        tone: The same for the page's styles.
        links: Where to do it and where to read of it.
    """

    text: str
    note: str
    label: str
    tone: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Sent:
    """A file that was sent.

    Attributes:
        submission: As it stands.
        of: Which return it is; empty if nobody knows.
        outcome: What became of it, in words.
        tone: The same for the page's styles.
        receipt: The page that says more, from the desk's own folder.
    """

    submission: JudgedSubmission
    of: str
    outcome: str
    tone: str
    receipt: str


@dataclass(frozen=True)
class DeskPage:
    """All that a directorate's page tells.

    Attributes:
        name: The directorate.
        folder: Where it puts what it sends, as its officers know it.
        tasks: What to do, the most pressing first.
        corrections: The pre-filled workbook of the return that was accepted last; empty before the first.
        calendar: The next returns that are due, with what stands of each.
        rest: The others that are due within a year; None without any.
        sent: Every file with a receipt, the newest first.
        council: Whose directorate it is; empty where the reference data do not say.
    """

    name: str
    folder: str
    tasks: tuple[Task, ...]
    corrections: tuple[Link, ...]
    calendar: Table
    rest: Table | None
    sent: tuple[Sent, ...]
    council: str = ""


@dataclass(frozen=True)
class Desk:
    """One directorate's part of the ledger and the calendar.

    Attributes:
        home: Where its desk is.
        code: The directorate.
        name: As people call it.
        sends_to: Where it puts what it sends, as its officers know it.
        cells: What stands of its returns, in the order of the calendar.
        submissions: What came from its folder and has a verdict, in order of receipt.
        now: The moment at which it is looked at.
        council: Whose directorate it is; empty where the reference data do not say.
    """

    home: Home
    code: str
    name: str
    sends_to: str
    cells: Sequence[Cell]
    submissions: Sequence[JudgedSubmission]
    now: datetime
    council: str = ""

    @property
    def folder(self) -> Path:
        """Where it is."""
        return desk_of(self.home, self.code)

    @property
    def templates(self) -> list[DueTemplate]:
        """The pre-filled workbooks on it."""
        return due_templates(self.code, self.cells)

    def page(self) -> DeskPage:
        """Return what its page tells."""
        within_a_year = [cell for cell in self.cells if cell.is_due_within_a_year(self.now)]
        to_come = [cell for cell in within_a_year if not self._is_past(cell)]
        others = [cell for cell in within_a_year if cell not in to_come[:MOST_TO_COME]]
        return DeskPage(
            name=self.name,
            council=self.council,
            folder=self.sends_to,
            tasks=(*self._files_not_taken(), *self._corrections(), *self._returns_to_send()),
            corrections=tuple(
                Link(each.file_name, f"{words.return_named(each.cell)}, version {each.cell.version_no}")
                for each in self.templates
                if each.why is Why.CORRECT
            ),
            calendar=self._calendar("Due next", to_come[:MOST_TO_COME]),
            rest=self._calendar("Other returns due within a year", others) if others else None,
            sent=tuple(self._sent(each) for each in reversed(self.submissions)),
        )

    def _files_not_taken(self) -> Iterator[Task]:
        """Yield what could not be taken as a return for any period, and was followed by nothing that could."""
        last = max((each.receipt_seq for each in self.submissions if each.version_no is not None), default=0)
        for each in self.submissions:
            is_no_return = each.state in (State.REFUSED, State.BLOCKED) and each.version_no is None
            if is_no_return and each.receipt_seq > last:
                links = (Link(receipt_on_desk(each), f"Read what is wrong with {each.file_name}"),)
                note = f"{receipt_words.heading(each)}. You sent it on {receipt_words.moment(each.received_at)}."
                yield Task(f"Send {each.file_name} again", note, words.NOT_TAKEN, "bad", links)

    def _corrections(self) -> Iterator[Task]:
        for cell in self.cells:
            if cell.blocked_version_no and cell.is_due_within_a_year(self.now):
                links = [*self._receipt_of_blocked(cell), *self._template(cell)]
                yield Task(words.to_correct(cell), words.why_to_correct(cell), words.TO_CORRECT, "bad", tuple(links))

    def _returns_to_send(self) -> Iterator[Task]:
        for each in self.templates:
            cell = each.cell
            if each.why is Why.CORRECT or cell.blocked_version_no or cell.state == State.HELD:
                continue
            is_overdue = each.why is Why.OVERDUE
            label, tone = (words.OVERDUE, "bad") if is_overdue else (words.DUE, "open")
            text, note = words.to_send(cell, is_overdue), words.why_to_send(cell)
            yield Task(text, note if is_overdue else "", label, tone, tuple(self._template(cell)))

    def _template(self, cell: Cell) -> Iterator[Link]:
        for each in self.templates:
            if each.cell == cell:
                yield Link(each.file_name, f"Open the workbook for {words.return_named(cell)}")

    def _receipt_of_blocked(self, cell: Cell) -> Iterator[Link]:
        wanted = (cell.financial_year, cell.reporting_period, cell.blocked_version_no)
        for each in self.submissions:
            if (each.financial_year, each.reporting_period, each.version_no) == wanted:
                yield Link(receipt_on_desk(each), f"Read the receipt of version {each.version_no}")

    def _is_past(self, cell: Cell) -> bool:
        return cell.due_date < self.now.astimezone(LONDON).date()

    def _calendar(self, caption: str, cells: Sequence[Cell]) -> Table:
        rows = tuple((words.return_named(cell), words.day(cell.due_date), words.standing(cell)) for cell in cells)
        return Table(caption, ("Return", "Due on", "Now"), range(0), rows)

    def _sent(self, submission: JudgedSubmission) -> Sent:
        return Sent(
            submission,
            receipt_words.period(self._original(submission)),
            receipt_words.heading(submission).partition(":")[0],
            receipt_words.tone(submission),
            receipt_on_desk(submission),
        )

    def _original(self, submission: JudgedSubmission) -> JudgedSubmission:
        """Return what a file only repeats; itself if nothing."""
        return self._by_id.get(submission.duplicate_of or "", submission)

    @cached_property
    def _by_id(self) -> dict[str, JudgedSubmission]:
        return {each.submission_id: each for each in self.submissions}
