"""A sheet's cells by row, and the ranges that Excel merged.

Here belongs the plain geometry that finding headers and rows shares. Not here: what a row means
(``sheet_headers``, ``sheet_rows``).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sources.grammar.parsed import is_blank
from sources.grammar.values import normalise_name
from sources.reader.cells import Cell, CellKind, SheetCells

_CORNER = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
# No label of the template and no word in a label's place is longer.
LONGEST_LABEL = 100


@dataclass(frozen=True)
class Range:
    """A range of cells. Of a merged one only the top left cell can hold a value.

    Attributes:
        text: As Excel writes it, ``A5:A8``.
        top: First row.
        left: First column, A is 1.
        bottom: Last row.
        right: Last column.
    """

    text: str
    top: int
    left: int
    bottom: int
    right: int

    def touches(self, column: int) -> bool:
        """Return whether it reaches into a column."""
        return self.left <= column <= self.right

    def holds_one_of(self, rows: Sequence[int]) -> bool:
        """Return whether it reaches over one of these rows, which are in order."""
        return bisect_left(rows, self.top) < bisect_right(rows, self.bottom)


@dataclass(frozen=True)
class Grid:
    """One sheet.

    Attributes:
        source: Its cells as they were read.
    """

    source: SheetCells

    @cached_property
    def rows(self) -> Mapping[int, Mapping[int, Cell]]:
        """By row and column, both in order, the cells that hold something."""
        rows: dict[int, dict[int, Cell]] = {}
        for row, column in sorted(self.source.cells):
            cell = self.source.cells[row, column]
            if not is_blank(cell):
                rows.setdefault(row, {})[column] = cell
        return rows

    @cached_property
    def merges(self) -> tuple[Range, ...]:
        """The merged ranges of more than one cell."""
        ranges = (_range(text) for text in self.source.merged)
        return tuple(each for each in ranges if (each.top, each.left) != (each.bottom, each.right))

    @cached_property
    def may_be_struck(self) -> tuple[str, ...]:
        """The ranges with something in them that a conditional format may put a line through."""
        filled: dict[int, list[int]] = {}
        for row, cells in self.rows.items():
            for column in cells:
                filled.setdefault(column, []).append(row)
        # Each range asks each column once: a file may have ten thousand ranges beside a hundred thousand cells.
        ranges = map(_range, self.source.may_be_struck)
        return tuple(
            each.text
            for each in ranges
            if any(each.touches(column) and each.holds_one_of(rows) for column, rows in filled.items())
        )


def label_in(cell: Cell) -> str:
    """Return the text of a cell that may be a label; none of what is no text, or longer than any label is."""
    return cell.text if cell.kind is CellKind.TEXT and len(cell.text) <= LONGEST_LABEL else ""


# The labels of the template come again in every file, and most of them are asked for several times.
@lru_cache(maxsize=4096)
def label_key(text: str) -> str:
    """Return the key by which headers and labels are compared: ``Saving Ref`` is ``saving_ref``."""
    return "_".join(re.split(r"[\s_-]+", normalise_name(text)))


def _range(text: str) -> Range:
    corners = [(_column_number(letters), int(row)) for letters, row in _CORNER.findall(text)]
    (left, top), (right, bottom) = corners[0], corners[-1]
    return Range(text, top, left, bottom, right)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
