"""The live checks of the workbook: what a return would be blocked for, as far as Excel itself can tell.

Here belongs what a live check is, and which there are. Each is written twice, side by side: as a
formula, and as the same question in Python, which gives the value that the formula is written with
and what it is tested against. Not here: the checks themselves (``live_cell_checks``,
``live_row_checks``), where they are shown (``before_you_send``, ``formulas``), and the
judgement of a return (``judging``), which never reads them. A live check may be stricter than the
judgement (it wants the word of the list, not an alias), never milder in what it looks at.

Left to the judgement alone: what needs earlier returns, the plan or text taken apart (weights, D64).

A formula names columns in braces, ``{deferred_gbp}>0``. It uses only operators and functions that
work on one cell as on a whole column, so the same text counts the rows of a sheet and marks a row.
So it says ``*`` and ``+`` for "and" and "or"; what is not 0 is a breach.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sources.contract.places import FIRST_ROW, LAST_ROW
from sources.template.declaration import Sheet

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Filled:
    """What a workbook is written with.

    Attributes:
        tables: Rows by sheet name; a sheet without rows may be missing.
        fields: Values of the Return sheet by label.
    """

    tables: Mapping[str, Sequence[Row]]
    fields: Row
    _counted: dict[tuple[str, ...], Counter[tuple[str, ...]]] = field(default_factory=dict, repr=False)

    def rows(self, sheet: Sheet) -> Sequence[Row]:
        """Return a sheet's rows, as far as formulas reach."""
        return self.tables.get(sheet.name, ())[: LAST_ROW - FIRST_ROW + 1]

    def times(self, sheet: Sheet, columns: tuple[str, ...], row: Row) -> int:
        """Return how many rows of a sheet have the row's values in these columns, as ``COUNTIFS`` counts them."""
        name = (sheet.name, *columns)
        if name not in self._counted:
            self._counted[name] = Counter(_key(each, columns) for each in self.rows(sheet))
        return self._counted[name][_key(row, columns)]


@dataclass(frozen=True)
class LiveCheck:
    """One question asked of every row of a sheet that holds anything.

    Attributes:
        rule: The check that would block the return, ``D10``.
        sheet: Whose rows.
        column: What is to be mended.
        words: What is wrong with it, following the column's name: ``is empty``.
        formula: True, or not 0, where it is wrong.
        is_breach: The same of a row's values.
    """

    rule: str
    sheet: Sheet
    column: str
    words: str
    formula: str
    is_breach: Callable[[Row, Filled], bool]


def _key(row: Row, columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(row.get(column) or "").casefold() for column in columns)


def is_empty(row: Row, column: str) -> bool:
    """Return what Excel answers to ``cell=""``."""
    return row.get(column) in (None, "")


def is_text(row: Row, column: str, text: str) -> bool:
    """Return what Excel answers to ``cell="text"``: capitals make no difference to it."""
    value = row.get(column)
    return isinstance(value, str) and value.casefold() == text.casefold()


def is_number(row: Row, column: str) -> bool:
    """Return what Excel answers to ``ISNUMBER(cell)``, dates left out."""
    value = row.get(column)
    return isinstance(value, Decimal | int) and not isinstance(value, bool)
