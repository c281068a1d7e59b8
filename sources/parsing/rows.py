"""The shapes between a sheet's cells and a judgement: an entry, a row of entries, a table of rows.

Here belongs what a value knows of itself: its cell, its column, whether it could be read. Not here:
finding the cells (``sheets``), reading them (``readings``), judging them (``judging.checks``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from sources.findings.place import Place
from sources.reader.cells import Cell
from sources.template.declaration import Column, Sheet

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class RawRow:
    """One row of a sheet before its cells are read.

    Attributes:
        number: As Excel shows it.
        cells: By column name; a column whose cell is empty is missing.
    """

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class RawTable:
    """A sheet's cells, found by its header.

    Attributes:
        sheet: Which sheet of the template it is.
        name: Its name in the file.
        header_row: The row of the header.
        letters: By column name the letters of its column; a column that the file lacks is missing.
        headers: By column name the label that was found.
        rows: Data rows, in order.
        totals: Total rows, in order.
        merged_amounts: Addresses of the cells that share one amount: they are refused, not read.
    """

    sheet: Sheet
    name: str
    header_row: int
    letters: Mapping[str, str]
    headers: Mapping[str, str]
    rows: tuple[RawRow, ...]
    totals: tuple[RawRow, ...]
    merged_amounts: frozenset[str] = frozenset()

    def address(self, column: str, row: int) -> str:
        """Return the address of a column's cell in a row; empty if the file lacks the column."""
        letters = self.letters.get(column)
        return f"{letters}{row}" if letters else ""


@dataclass(frozen=True)
class Entry:
    """One cell, read.

    Attributes:
        column: Its column, or its label on the Return sheet.
        place: Where it is and what was entered.
        value: Its typed value; None for a blank.
        is_read: False where it could not be read: a finding says why, and nothing follows from it.
        is_sound: False where a finding was made of the value by itself: sums may use it, checks
            that compare it with others leave it out.
        exact: For an amount, the number before rounding.
        has_formula: Whether it was calculated rather than typed.
    """

    column: Column
    place: Place
    value: Any = None
    is_read: bool = True
    is_sound: bool = True
    exact: Decimal | None = None
    has_formula: bool = False

    def spoilt(self) -> Entry:
        """Return the entry with a finding of its own."""
        return replace(self, is_sound=False)


@dataclass(frozen=True)
class Row:
    """One data row, read.

    Attributes:
        number: As Excel shows it.
        entries: One for each column of the sheet, also for those that the file lacks.
        is_deferred_not_applicable: Whether ``deferred_gbp`` says N/A (R18).
        is_stray: Whether it is no line, and nothing of it was read (``parsing.stray_rows``).
    """

    number: int
    entries: Mapping[str, Entry]
    is_deferred_not_applicable: bool = False
    is_stray: bool = False

    # What a column holds follows from its kind, which a type cannot follow.
    def __getitem__(self, column: str) -> Any:  # noqa: ANN401
        """Return a column's typed value; None for a blank."""
        return self.entries[column].value

    def place(self, column: str) -> Place:
        """Return where a column's cell is."""
        return self.entries[column].place

    def is_sound(self, *columns: str) -> bool:
        """Return whether nothing was found wrong with these columns by themselves."""
        return all(self.entries[column].is_sound for column in columns)

    def has(self, *columns: str) -> bool:
        """Return whether these columns are filled and sound."""
        return all(self.entries[column].is_sound and self.entries[column].value is not None for column in columns)

    def amount(self, column: str) -> Decimal:
        """Return an amount in pounds; a blank counts as 0."""
        value = self.entries[column].value
        return value if isinstance(value, Decimal) else ZERO

    def spoilt(self, cells: Collection[str]) -> Row:
        """Return the row with a finding on each of these cells; the row itself if it has none of them."""
        hit = {name: entry.spoilt() for name, entry in self.entries.items() if entry.place.cell in cells}
        return replace(self, entries={**self.entries, **hit}) if hit else self

    @cached_property
    def key(self) -> tuple[str, str] | None:
        """The line, ``saving_ref`` with ``plan_year``; None where either cannot be relied on."""
        return (self["saving_ref"], self["plan_year"]) if self.has("saving_ref", "plan_year") else None


@dataclass(frozen=True)
class Table:
    """A sheet, read.

    Attributes:
        raw: Its cells.
        rows: Its data rows.
    """

    raw: RawTable
    rows: tuple[Row, ...] = field(default=())

    def spoilt(self, cells: Collection[str]) -> Table:
        """Return the table with a finding on each of these cells."""
        return replace(self, rows=tuple(row.spoilt(cells) for row in self.rows))

    def sum(self, column: str) -> Decimal:
        """Return the sum of a column, each amount rounded to pence."""
        return sum((row.amount(column) for row in self.rows), ZERO)

    def sum_exact(self, column: str) -> Decimal:
        """Return the sum of a column before rounding."""
        return sum((row.entries[column].exact or ZERO for row in self.rows), ZERO)

    def is_read(self, column: str) -> bool:
        """Return whether every cell of a column could be read, so that its sum means something."""
        return all(row.entries[column].is_read for row in self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)
