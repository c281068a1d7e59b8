"""The live checks of the workbook: what a return would be blocked for, as far as a formula can tell.

Here belongs what a live check is, how its formula is put to a row and to a whole sheet, and which checks
have none. Not here: the checks themselves (``live_cell_checks``, ``live_row_checks``), where they are shown
(``table_pages``, ``start_page``), their words (``findings.words``), and the judgement of a return
(``judging``), which never reads them.

A live check may be milder than the judgement, never stricter: what it finds, the judgement refuses or warns
of. The test that holds them to each other has LibreOffice calculate some hundred edits.

A formula names columns in braces, ``{deferred_gbp}>0``. It uses only operators and functions that
work on one cell as on a whole column, so the same text counts the rows of a sheet and marks a row.
So it says ``*`` and ``+`` for "and" and "or"; what is not 0 is a breach, and an error is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sources.contract.places import FIRST_ROW, LAST_ROW, cell_in_row, column_range
from sources.findings.fault import Fault
from sources.findings.wording import without_values
from sources.template.declaration import Column, Kind, Sheet, heading

# Checks at intake that a return is judged by and the workbook cannot show, by why it cannot.
NO_LIVE_TWIN: Mapping[str, tuple[str, ...]] = {
    "It is about the file, its sheets or its headings, which no cell of the template can see.": (
        "D01", "D02", "D04", "D05", "D06", "D08", "D25", "D44", "D45",
    ),
    "It is about how a cell looks: a line through it, its number format.": ("D73", "D74"),
    "It needs earlier returns.": (
        "D12", "D13", "D27", "D29", "D30", "D31", "D42", "D54", "D67", "D70", "D71", "D72", "D78",
    ),
    "It needs the day of receipt, or reference data that is not in the workbook.": (
        "D28", "D49", "D50", "D52", "D56", "D68", "D69", "D79",
    ),
    "It takes text apart or compares it with noise left out: weights, dashes, explanations, names.": (
        "D46", "D48", "D51", "D64", "D65",
    ),
    "It only asks for a second look at amounts that are read as they are.": (
        "D21", "D23", "D24", "D32", "D33", "D34", "D35", "D36", "D38", "D39", "D43", "D53", "D57", "D58", "D60",
    ),
}  # fmt: skip
# Every word for a total has it.
_IN_EVERY_TOTAL = "total"
_LABEL_KINDS = frozenset({Kind.TEXT, Kind.NARRATIVE})


@dataclass(frozen=True)
class LiveCheck:
    """One question asked of the rows of a sheet.

    Attributes:
        sheet: Whose rows.
        column: What is to be corrected.
        fault: What the judgement says of it.
        formula: True, or not 0, where it is wrong.
        checked_by: The check that would block the return, where its fault leaves that to the column.
        known: By name what the words of the fault need and is known beforehand.
        of_lines: Whether it is asked of rows with a reference; else of those without.
    """

    sheet: Sheet
    column: str
    fault: type[Fault]
    formula: str
    checked_by: str = ""
    known: Mapping[str, object] = field(default_factory=dict, hash=False)
    of_lines: bool = True

    @property
    def rule(self) -> str:
        """The check that would find it in the return."""
        return self.checked_by or self.fault.rule

    @property
    def sentence(self) -> str:
        """What a person reads: the column's heading, then the words of the fault."""
        said = (self.fault.live or self.fault.wrong, self.fault.remedy)
        words = [without_values(text, self.known, self.sheet.name) for text in said]
        return " ".join(filter(None, [f"{heading(self.sheet.name, self.column)}:", *words]))

    def in_row(self, cells: Mapping[str, str]) -> str:
        """Return the formula for one row, whose cells are given by column (``cells_of``)."""
        return self.formula.format_map(cells)

    def in_column(self, totals: str) -> str:
        """Return the formula for all rows at once, those that it is asked of alone: 1 where it is wrong, else 0."""
        asked = has_reference(self.sheet, totals) if self.of_lines else "1"
        return f"IFERROR(({asked})*((0+({self.formula}))>0),0)".format_map(ranges_of(self.sheet))


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


def is_blank(column: str) -> str:
    """Return the formula of whether there is nothing in a cell; spaces of any kind are nothing."""
    return f'(TRIM(SUBSTITUTE({{{column}}},"\u00a0",""))="")'


def has_reference(sheet: Sheet, totals: str) -> str:
    """Return the formula of whether a row has a reference, and is no total.

    Args:
        sheet: Whose row.
        totals: Where the words for a total are.
    """
    key = sheet.key[0]
    return f'({trimmed(key)}<>"")*ISNA(MATCH({trimmed(key)},{totals},0))'


def lacks_reference(sheet: Sheet) -> str:
    """Return the formula of whether a row ought to have a reference: it holds something, and is no total.

    Amounts with nothing but text may be a total that does not say so.
    """
    others = [column for column in sheet.columns if column.name != sheet.key[0]]
    amounts, texts, rest = (
        _joined([column for column in others if column.is_money]),
        _joined([column for column in others if column.kind in _LABEL_KINDS]),
        _joined([column for column in others if not column.is_money and column.kind not in _LABEL_KINDS]),
    )
    filled = f'((TRIM({rest})<>"")+(TRIM({texts})<>"")*({amounts}="")>0)'
    return f'{is_blank(sheet.key[0])}*{filled}*ISERROR(SEARCH("{_IN_EVERY_TOTAL}",{texts}&{rest}))'


def _joined(columns: list[Column]) -> str:
    return "&".join(f"{{{column.name}}}" for column in columns) or '""'


def rows_from(sheet: Sheet) -> str:
    """Return the cells whose rows a formula over a sheet asks."""
    return f"{sheet.name}!$A${FIRST_ROW}:$A${LAST_ROW}"
