"""The live checks of the workbook: what a return would be blocked for, as far as Excel itself can tell.

Here belongs what a live check is, and how its formula is put to a row and to a whole sheet. Not here:
the checks themselves (``live_cell_checks``, ``live_row_checks``), where they are shown
(``table_pages``, ``start_page``), and the judgement of a return (``judging``), which never reads
them. A live check may be milder than the judgement, never stricter: what it finds, the judgement
refuses or warns of. The test that holds them to each other has LibreOffice calculate both.

Left to the judgement alone: what needs earlier returns, or text taken apart (weights, D64).

A formula names columns in braces, ``{deferred_gbp}>0``. It uses only operators and functions that
work on one cell as on a whole column, so the same text counts the rows of a sheet and marks a row.
So it says ``*`` and ``+`` for "and" and "or"; what is not 0 is a breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sources.contract.places import FIRST_ROW, LAST_ROW, cell_in_row, column_range
from sources.template.declaration import Kind, Sheet, heading

# A row is a total by a word in its reference's place, or in one of the first columns of text.
_LABEL_COLUMNS = 2
_LABEL_KINDS = frozenset({Kind.TEXT, Kind.NARRATIVE, Kind.REF})


@dataclass(frozen=True)
class LiveCheck:
    """One question asked of every row of a sheet that holds anything but is no total.

    Attributes:
        rule: The check that would block the return, ``D10``.
        sheet: Whose rows.
        column: What is to be corrected.
        words: What to do about it, a whole sentence.
        formula: True, or not 0, where it is wrong.
    """

    rule: str
    sheet: Sheet
    column: str
    words: str
    formula: str

    @property
    def sentence(self) -> str:
        """What a person reads: the column's heading, then what to do."""
        return f"{heading(self.sheet.name, self.column)}: {self.words}"

    def in_row(self, cells: Mapping[str, str]) -> str:
        """Return the formula for one row, whose cells are given by column (``cells_of``)."""
        return self.formula.format_map(cells)

    def in_column(self) -> str:
        """Return the formula for all rows at once, to be counted; nothing but 0 and more."""
        # 0+ makes numbers of TRUE and FALSE, which Excel would count as larger than any number.
        return f"((0+({self.formula.format_map(ranges_of(self.sheet))}))>0)"


def names_of(sheet: Sheet) -> tuple[str, ...]:
    """Return the names of a sheet's columns in the order of the workbook."""
    return tuple(column.name for column in sheet.layout)


def cells_of(sheet: Sheet, row: int | str) -> Mapping[str, str]:
    """Return by column its cell in a row."""
    return {name: cell_in_row(sheet, name, row) for name in names_of(sheet)}


def ranges_of(sheet: Sheet) -> Mapping[str, str]:
    """Return by column all its cells."""
    return {name: column_range(sheet, name) for name in names_of(sheet)}


def trimmed(column: str) -> str:
    """Return the formula of a cell's text without spaces at its ends, as it is read."""
    return f"TRIM({{{column}}})"


def is_total(sheet: Sheet, totals: str) -> str:
    """Return the formula of whether a row is a total by its label.

    Args:
        sheet: Whose row.
        totals: Where the words for a total are.
    """
    texts = [column.name for column in sheet.columns[1:] if column.kind in _LABEL_KINDS][:_LABEL_COLUMNS]
    key, *labels = (f"ISNUMBER(MATCH({trimmed(name)},{totals},0))" for name in (sheet.key[0], *texts))
    by_label = f"*({'+'.join(labels)})" if labels else ""
    return f'({key}+({trimmed(sheet.key[0])}=""){by_label or "*0"})'


def rows_from(sheet: Sheet) -> str:
    """Return the cells whose rows a formula over a sheet asks."""
    return f"{sheet.name}!$A${FIRST_ROW}:$A${LAST_ROW}"
