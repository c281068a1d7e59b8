"""Which rows of a sheet are totals: they are compared with their lines and never loaded.

Here belongs telling a total from a line. Not here: whether it adds up (``judging.checks_totals``, D24).

Source: the decision table of the return specification, "totals/subtotal rows".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sources.grammar.values import NotParsed, normalise_name, parse_money
from sources.parsing.rows import ZERO, RawRow
from sources.parsing.sheet_grid import label_in
from sources.reader.cells import Cell
from sources.template.declaration import GRAND_TOTAL, TOTAL_WORDS, Kind, Sheet

_LABEL_KINDS = frozenset({Kind.TEXT, Kind.NARRATIVE})

Amounts = dict[str, Decimal]


def split_totals(sheet: Sheet, rows: Sequence[RawRow]) -> tuple[list[RawRow], list[RawRow]]:
    """Return a sheet's rows as lines and totals, each in order."""
    lines: list[RawRow] = []
    totals: list[RawRow] = []
    sums = _RunningSums(sheet)
    for row in rows:
        if _has_total_label(sheet, row) or _is_unlabelled_total(sheet, row, sums):
            totals.append(row)
            sums.start_anew()
        else:
            lines.append(row)
            sums.add(row)
    return lines, totals


def is_grand_total(row: RawRow) -> bool:
    """Return whether a total row says that it is one of all rows."""
    return any(_label(cell) == GRAND_TOTAL for cell in row.cells.values())


def covered_by(total: RawRow, rows: Sequence[int], totals: Sequence[RawRow]) -> list[int]:
    """Return the numbers of the rows that a total adds up.

    Those since the total before it; all rows above it for a grand total, and for a total that
    follows another at once.

    Args:
        total: The total row.
        rows: Numbers of the data rows.
        totals: All total rows of the sheet.
    """
    above = [number for number in rows if number < total.number]
    last = max((other.number for other in totals if other.number < total.number), default=0)
    since = [number for number in above if number > last]
    return above if is_grand_total(total) or not since else since


def _has_total_label(sheet: Sheet, row: RawRow) -> bool:
    """Return whether a row without a reference is labelled as a total; the word may stand in the reference's place."""
    ref = row.cells.get(sheet.key[0])
    if ref is not None and not _is_total_word(ref):
        return False
    return any(map(_is_total_word, row.cells.values()))


def _is_total_word(cell: Cell) -> bool:
    return _label(cell) in TOTAL_WORDS


def _label(cell: Cell) -> str:
    return normalise_name(label_in(cell)).rstrip(":")


class _RunningSums:
    """What a total on the next row would have to say, by column; added up only when a row looks like one."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._new: list[RawRow] = []
        self._above: Amounts = {}
        self._since: Amounts = {}
        self._has_lines_since = False

    def add(self, line: RawRow) -> None:
        """Take a line in."""
        self._new.append(line)
        self._has_lines_since = True

    def start_anew(self) -> None:
        """Take it that a total was met."""
        self._add_up()
        self._since = {}
        self._has_lines_since = False

    def of_covered(self) -> Amounts:
        """Return the sums of the lines since the last total; of all lines if there are none since."""
        self._add_up()
        return self._since if self._has_lines_since else self._above

    def _add_up(self) -> None:
        for line in self._new:
            for name, amount in _amounts(self._sheet, line).items():
                self._above[name] = self._above.get(name, ZERO) + amount
                self._since[name] = self._since.get(name, ZERO) + amount
        self._new = []


def _is_unlabelled_total(sheet: Sheet, row: RawRow, sums: _RunningSums) -> bool:
    """Return whether a row without a reference has amounts alone, and each is the sum of its column."""
    if sheet.key[0] in row.cells:
        return False
    kinds = {sheet.column(name).kind for name in row.cells if not sheet.column(name).is_money}
    amounts = _amounts(sheet, row)
    if not amounts or not kinds <= _LABEL_KINDS:
        return False
    covered = sums.of_covered()
    return bool(covered) and all(covered.get(name, ZERO) == amount for name, amount in amounts.items())


def _amounts(sheet: Sheet, row: RawRow) -> Amounts:
    parsed = {
        name: parse_money(cell, is_not_applicable_allowed=True)
        for name, cell in row.cells.items()
        if sheet.column(name).is_money
    }
    return {
        name: money.value
        for name, money in parsed.items()
        if not isinstance(money, NotParsed) and money.value is not None
    }
