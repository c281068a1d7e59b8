"""The outcome of reading one cell by a grammar: a value with notes, or why there is none.

Here belong the shapes that all grammars share and the three refusals that hold whatever a cell
was meant to be. Not here: the grammars (``money``, ``years``, ``dates``, ``names``), the words
(``findings.words.cells``) and the place (``parsing.readings`` adds it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Generic, TypeVar

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.words import cells
from sources.reader.cells import Cell, CellKind

# Makes the finding, once its place and the check of its column are known.
Saying = Callable[[Place, str], Fault]

T = TypeVar("T")
# Covariant: a parsed date is a parsed object, so one caller can hold the outcome of any grammar.
T_co = TypeVar("T_co", covariant=True)


# Also as text, which is what other programs make of an error cell when they save one.
_ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"})


class NoteKind(StrEnum):
    """What is worth saying of a value that was read. All but ROUNDED are warnings."""

    ROUNDED = "rounded"  # more than two decimals; ``ParsedMoney.exact`` keeps them
    SHORTHAND_MILLION = "shorthand-million"  # 1.2m
    SHORTHAND_THOUSAND = "shorthand-thousand"  # 500k
    NIL = "nil"  # "-", "nil", "zero" read as 0
    NOT_APPLICABLE = "not-applicable"  # N/A in deferred_gbp, read as 0
    NOT_STATED = "not-stated"  # TBC in an optional column, read as blank
    SCALED_FORMAT = "scaled-format"  # Excel shows fewer digits than the cell holds
    STRUCK = "struck"  # a text with a line through it (D73)
    LATE = "late"  # a date at 22:00 or later (D75)
    TEXT_NOISE = "text-noise"  # spaces, dashes or case mended in a ref or code (D46)


class Problem(StrEnum):
    """Why a cell could not be read."""

    CELL_ERROR = "cell-error"  # D07
    NOT_CALCULATED = "cell-not-calculated"  # D08
    NOT_A_NUMBER = "not-a-number"
    PLACEHOLDER = "placeholder"  # TBC and its family
    NOT_APPLICABLE = "not-applicable"  # N/A where it means nothing
    NIL = "nil"  # a word for zero in the baseline column
    NUMBER_AND_TEXT = "number-and-text"  # 1,870 est
    RANGE = "range"  # 8-10m
    PERCENT = "percent"
    TOO_LARGE = "too-large"
    UNIT_IN_FORMAT = "unit-in-format"  # a number format that prints a unit, digits or a sign of its own (D74)
    STRUCK = "struck"  # a line through it (D73)
    RAISED = "raised"  # raised or lowered, which may be a footnote's mark (D73)
    LINKED = "linked"  # a formula that needs another file (D08)
    TWO_READINGS = "two-readings"  # 45.250: with pence, or of thousands
    IS_A_DATE = "is-a-date"
    NOT_A_YEAR = "not-a-year"
    AMBIGUOUS_YEAR = "ambiguous-year"  # FY22
    NOT_A_PERIOD = "not-a-period"
    NOT_A_DATE = "not-a-date"
    MONTH_FIRST = "month-first"
    NOT_WHOLE = "not-whole"
    NOT_YES_OR_NO = "not-yes-or-no"
    NOT_IN_LIST = "not-in-list"
    NOT_WEIGHTS = "not-weights"
    TOO_LONG = "too-long"
    FOREIGN_CHARACTERS = "foreign-characters"  # look-alike letters, invisible characters in a ref


@dataclass(frozen=True, slots=True)
class Note:
    """Something worth knowing of a value that was read.

    Attributes:
        kind: What.
        says: Makes the warning; None where it is not said of the cell by itself.
    """

    kind: NoteKind
    says: Saying | None = None


@dataclass(frozen=True)
class Parsed(Generic[T_co]):
    """A value that was read; None where the cell is blank, which is unknown and never 0."""

    value: T_co | None
    notes: tuple[Note, ...] = ()

    def has(self, kind: NoteKind) -> bool:
        """Return whether a note of that kind was made."""
        return any(note.kind is kind for note in self.notes)


@dataclass(frozen=True)
class ParsedMoney(Parsed[Decimal]):
    """An amount in pounds and pence; ``exact`` is it before rounding, for sums (D24, D25)."""

    exact: Decimal | None = None


@dataclass(frozen=True)
class NotParsed:
    """Why a cell could not be read.

    Attributes:
        problem: Which kind of problem.
        says: Makes the finding.
    """

    problem: Problem
    says: Saying


def unreadable(cell: Cell) -> NotParsed | None:
    """Return why no grammar can read this cell: an error (D07), no result yet or one from outside (D08)."""
    if cell.kind is CellKind.ERROR or cell.text.strip() in _ERRORS:
        return NotParsed(Problem.CELL_ERROR, partial(cells.CellError, error=cell.text.strip()))
    if cell.is_linked:
        return NotParsed(Problem.LINKED, cells.Linked)
    if cell.is_uncalculated:
        return NotParsed(Problem.NOT_CALCULATED, cells.NotCalculated)
    return None


def read_filled(cell: Cell | None, grammar: Callable[[Cell], Parsed[T] | NotParsed]) -> Parsed[T] | NotParsed:
    """Read a cell by a grammar: a blank is None whatever the grammar, and what none can read is refused."""
    if cell is None or is_blank(cell):
        return Parsed(None)
    return unreadable(cell) or grammar(cell)


def is_blank(cell: Cell | None) -> bool:
    """Return whether there is nothing in the cell; spaces of any kind are nothing."""
    return cell is None or (cell.kind is CellKind.TEXT and not cell.text.strip())
