"""Which rows of a sheet are totals: they are compared with their lines and never loaded.

Here belongs telling a total from a line. Not here: whether it adds up (``checks_totals``, D24).

Source: the decision table of the return specification, "totals/subtotal rows".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sources.contract.template import Kind, Sheet
from sources.grammar.values import NotParsed, normalise_name, parse_money
from sources.parsing.rows import RawRow
from sources.reader.cells import Cell, CellKind

GRAND_TOTAL = "grand total"
_TOTAL_WORDS = frozenset({"total", "totals", "sub-total", "sub-totals", "sub total", "subtotal", GRAND_TOTAL})
_LABEL_KINDS = frozenset({Kind.TEXT, Kind.NARRATIVE})


def split_totals(sheet: Sheet, rows: Sequence[RawRow]) -> tuple[list[RawRow], list[RawRow]]:
    """Return a sheet's rows as lines and totals, each in order."""
    lines: list[RawRow] = []
    totals: list[RawRow] = []
    for row in rows:
        is_total = _has_total_label(sheet, row) or _is_unlabelled_total(sheet, row, lines, totals)
        (totals if is_total else lines).append(row)
    return lines, totals


def is_grand_total(row: RawRow) -> bool:
    """Return whether a total row says that it is one of all rows."""
    return any(normalise_name(cell.text) == GRAND_TOTAL for cell in row.cells.values() if cell.kind is CellKind.TEXT)


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
    return cell.kind is CellKind.TEXT and normalise_name(cell.text).rstrip(":") in _TOTAL_WORDS


def _is_unlabelled_total(sheet: Sheet, row: RawRow, lines: Sequence[RawRow], totals: Sequence[RawRow]) -> bool:
    """Return whether a row has amounts alone, and each is the sum of its column."""
    kinds = {sheet.column(name).kind for name in row.cells if not sheet.column(name).is_money}
    amounts = _amounts(sheet, row)
    if not amounts or not lines or not kinds <= _LABEL_KINDS:
        return False
    covered = set(covered_by(row, [line.number for line in lines], totals))
    sums = [_amounts(sheet, line) for line in lines if line.number in covered]
    return all(sum((line.get(name, Decimal(0)) for line in sums), Decimal(0)) == amounts[name] for name in amounts)


def _amounts(sheet: Sheet, row: RawRow) -> Mapping[str, Decimal]:
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
