"""The shapes of a file's cells: what the guarded reader hands over, and the refusal it hands over instead.

Here belongs what a cell, a sheet and a workbook are once they have been read. Not here: reading
them (``workbook``, ``workbook_child``), and what a cell's content means (``grammar.values``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from functools import lru_cache

MAX_COLUMN = 16_384
MAX_ROW = 1_048_576


class CellKind(StrEnum):
    """What the file says a cell holds; ``EMPTY`` is a formula whose result was never calculated."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    ERROR = "error"
    EMPTY = "empty"


class Marks(IntFlag):
    """How a text or a font stands in its cell, where it is not plain.

    ``OWN`` is set where every run that can be seen has a font of its own, so that the cell's counts
    for nothing.
    """

    PLAIN = 0
    STRUCK = 1
    RAISED = 2
    OWN = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """One filled cell. A cell that is only formatted is no cell.

    Attributes:
        ref: Address as Excel shows it, ``K14``.
        row: 1-based.
        column: 1-based, A is 1.
        kind: What the file says it holds.
        text: By kind. NUMBER: exactly as in the file's XML. TEXT: all runs joined, phonetic
            readings left out. BOOLEAN: ``1`` or ``0``. ERROR: ``#REF!``; ``########`` for a number
            that its date format cannot show. DATE: ISO date; ISO date and time, time of day, or
            ``1 day, 2:30:00`` where the cell holds that. EMPTY: nothing.
        formula: The formula without its equals sign; empty for the further cells of a shared or
            array formula; None where there is none.
        number_format: The format code, ``General`` unless the file says otherwise.
        is_struck: Whether it or a run of its text has a line through it.
        is_raised: Whether it or a run of its text is raised or lowered.
        is_linked: Whether its formula needs another file.
    """

    ref: str
    row: int
    column: int
    kind: CellKind
    text: str
    formula: str | None = None
    number_format: str = "General"
    is_struck: bool = False
    is_raised: bool = False
    is_linked: bool = False

    @property
    def has_formula(self) -> bool:
        """Whether the value was calculated rather than typed."""
        return self.formula is not None

    @property
    def is_uncalculated(self) -> bool:
        """Whether it is a formula whose result the file does not hold."""
        return self.kind is CellKind.EMPTY


@dataclass(frozen=True)
class SheetCells:
    """One worksheet's cells and what hides or joins them.

    Attributes:
        name: As in the file: not trimmed, not normalised.
        state: ``visible``, ``hidden`` or ``veryHidden``.
        cells: By (row, column).
        merged: Ranges such as ``A1:C1``.
        may_be_struck: Ranges that a conditional format may put a line through.
        hidden_rows: 1-based rows that are hidden, filtered out or of no height.
        hidden_columns: 1-based columns that are hidden.
        filter_range: Range of a filter that has a criterion set; empty otherwise.
    """

    name: str
    state: str = "visible"
    cells: Mapping[tuple[int, int], Cell] = field(default_factory=dict)
    merged: tuple[str, ...] = ()
    may_be_struck: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    filter_range: str = ""


@dataclass(frozen=True)
class Workbook:
    """A file that could be read, whole.

    Attributes:
        sheets: Worksheets in tab order; chart sheets hold no cells and are left out.
        properties: Custom document properties by name.
        notes: What of the file as such needs a word, each one of ``refusals.NOTED``.
    """

    sheets: tuple[SheetCells, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Why a file could not be read as a workbook.

    Attributes:
        reason: One of ``refusals.REASONS``.
        what: The detail that its words name (``findings.words.files``); empty where they name none.
    """

    reason: str
    what: str = ""

    @property
    def code(self) -> str:
        """The code that operators know it by, one of ``refusals.CODES``."""
        return self.reason.partition(":")[0]


def name_key(text: str) -> str:
    """Return the key by which sheets are found: case, spaces and what cannot be seen make no difference."""
    if not text.isascii():  # it seldom is anything else
        visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
        text = unicodedata.normalize("NFKC", visible)
    return " ".join(text.casefold().split())


@lru_cache(maxsize=1024)
def column_letters(column: int) -> str:
    """Return the letters of a 1-based column: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return the address of a cell as Excel shows it."""
    return f"{column_letters(column)}{row}"
