"""The live checks as formulas: what to correct on a line, how many rows, the first, and which come next.

Here belong these formulas. Their values are left to Excel and LibreOffice, which work them out when
the workbook is opened: nobody reads them before. Not here: the checks (``live_checks``) and where
the formulas are written (``book``, ``start_page``, ``table_pages``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from xlsxwriter.utility import xl_col_to_name

from sources.contract.lists import TOTALS
from sources.contract.live_cell_checks import cell_checks
from sources.contract.live_checks import LiveCheck, cells_of, is_total, ranges_of
from sources.contract.live_row_checks import row_checks
from sources.contract.places import FIRST_ROW, LAST_ROW, column_range, field_cell, letter, place
from sources.reference.reference import Reference
from sources.template.declaration import (
    FIXED_FIELDS,
    LISTS_SHEET,
    RETURN_FIELDS,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    Need,
    Sheet,
)

ERROR_IN_A_CELL = "a cell on this row holds an error such as #REF!. Type its value."
_EMPTY_FIELD = "fill this in."
# What stands for the number of a row in a formula that every row has.
ROW = "§"
# Two faults are shown of a line; once they are corrected, the next ones are.
_SHOWN, _LONGEST_SENTENCE = 2, 200
BLOCK_HEADER = ("sheet", "to correct", "rows", "first cell", "turn")


@dataclass(frozen=True)
class Tally:
    """One thing that may have to be corrected before a return is sent.

    Attributes:
        rule: The check that would find it in the return.
        sheet: Name of the sheet.
        sentence: What a person reads.
        rows: The formula of how many rows have it.
        first: The formula of the address of the first, ``M4``; nothing where there is none.
    """

    rule: str
    sheet: str
    sentence: str
    rows: str
    first: str


@dataclass(frozen=True)
class Block:
    """Where on the sheet Lists the tallies are: one per row, under ``BLOCK_HEADER``.

    Attributes:
        left: The column of the first, from 0.
        length: How many tallies there are.
    """

    left: int
    length: int

    def cell(self, name: str, number: int) -> str:
        """Return a tally's cell, ``Lists!$AB$4``; tallies are counted from 0."""
        return f"{LISTS_SHEET}!${self._letter(name)}${number + FIRST_ROW}"

    def cells(self, name: str) -> str:
        """Return the cells of all tallies."""
        at = self._letter(name)
        return f"{LISTS_SHEET}!${at}${FIRST_ROW}:${at}${self.length + 1}"

    def turn(self, number: int) -> str:
        """Return the formula of a tally's turn: 1 for the first that finds anything, then 2."""
        at = self._letter("turn")
        before = f"MAX({at}$1:{at}{number + FIRST_ROW - 1})"
        return f'=IF({self.cell("rows", number)}>0,{before}+1,"")'

    def _letter(self, name: str) -> str:
        return str(xl_col_to_name(self.left + BLOCK_HEADER.index(name)))


@dataclass(frozen=True)
class Live:
    """The live checks of a workbook and what is tallied of them.

    Attributes:
        checks: By sheet, then by column, in template order.
        tallies: The Return sheet, errors in cells, then the checks.
    """

    checks: tuple[LiveCheck, ...]
    tallies: tuple[Tally, ...]


def live(reference: Reference, ranges: Mapping[str, str]) -> Live:
    """Return the live checks of a workbook whose lists lie there."""
    columns = (column for sheet in SHEETS for column in sheet.columns if column.pattern)
    patterns = {name: reference.setting(name) for name in dict.fromkeys(column.pattern or "" for column in columns)}
    return _live(tuple(patterns.items()), tuple(ranges.items()))


@lru_cache(maxsize=16)  # many workbooks have the same lists, and these formulas take most of the time
def _live(patterns: tuple[tuple[str, str], ...], ranges: tuple[tuple[str, str], ...]) -> Live:
    lists = dict(ranges)
    checks = [*cell_checks(dict(patterns), lists), *row_checks(lists)]
    checks.sort(key=lambda check: (SHEETS.index(check.sheet), place(check.sheet, check.column)))
    return Live(tuple(checks), tuple(_tallies(checks, lists[TOTALS].removeprefix("="))))


def to_correct(checks: Sequence[LiveCheck], block: Block, totals: str) -> str:
    """Return the formula of what is to be corrected on a row of the Savings sheet: the first two faults.

    Args:
        checks: All live checks, as they are tallied.
        block: Has their sentences.
        totals: Where the words for a total are.

    Returns:
        The formula, with ``ROW`` where each row has its number.
    """
    cells = cells_of(SAVINGS, ROW)
    first_of_savings = block.length - len(checks)
    parts = "&".join(
        f'IF({check.in_row(cells)},{block.cell("to correct", number)}&CHAR(10),"")'
        for number, check in enumerate(checks, start=first_of_savings)
        if check.sheet is SAVINGS
    )
    apart = f'SUBSTITUTE({parts},CHAR(10),REPT(" ",{_LONGEST_SENTENCE}))'
    wrong = f'IFERROR(TRIM(LEFT({apart},{_SHOWN * _LONGEST_SENTENCE})),"{_capital(ERROR_IN_A_CELL)}")'
    is_passed_over = (
        f"OR(NOT({_holds_anything_in_row(SAVINGS, cells)}),{is_total(SAVINGS, totals).format_map(cells)}>0)"
    )
    return f'=IF({is_passed_over},"",{wrong})'


def is_offending(sheet: Sheet, column: str, checks: Sequence[LiveCheck], totals: str) -> str | None:
    """Return the formula by which a column's cells turn, for the first row; None if no check looks at it."""
    own = [check for check in checks if check.sheet is sheet and check.column == column]
    if not own:
        return None
    cells = cells_of(sheet, FIRST_ROW)
    wrong = "+".join(f"({check.in_row(cells)})" for check in own)
    total = is_total(sheet, totals).format_map(cells)
    return f"=AND({_holds_anything_in_row(sheet, cells)},{total}=0,({wrong})>0)"


def _tallies(checks: Sequence[LiveCheck], totals: str) -> list[Tally]:
    fields = [field for field in RETURN_FIELDS if field.need is Need.ALWAYS and field.name not in FIXED_FIELDS]
    form = [_field_tally(field.name, field.heading) for field in fields]
    return [*form, *map(_error_tally, SHEETS), *(_tally(check, totals) for check in checks)]


def _field_tally(name: str, heading: str) -> Tally:
    cell = field_cell(name)
    is_empty = f'IFERROR(--(TRIM({cell})=""),1)'
    address = cell.partition("!")[2].replace("$", "")
    return Tally("D03", RETURN_SHEET, f"{heading}: {_EMPTY_FIELD}", f"={is_empty}", f'="{address}"')


def _error_tally(sheet: Sheet) -> Tally:
    first, last = (letter(sheet, column.name) for column in (sheet.columns[0], sheet.columns[-1]))
    cells = f"{sheet.name}!${first}${FIRST_ROW}:${last}${LAST_ROW}"
    rows = "+".join(f"ISERROR({column_range(sheet, column.name)})" for column in sheet.columns)
    return Tally(
        "D07",
        sheet.name,
        _capital(ERROR_IN_A_CELL),
        f"=SUMPRODUCT(--ISERROR({cells}))",
        _first("A", sheet, f"(({rows})>0)"),
    )


def _tally(check: LiveCheck, totals: str) -> Tally:
    ranges = ranges_of(check.sheet)
    asked = f"{_holds_anything(check.sheet)}*({is_total(check.sheet, totals).format_map(ranges)}=0)"
    condition = f"({asked}*{check.in_column()})"
    rows = f"=IFERROR(SUMPRODUCT({condition}),0)"
    return Tally(
        check.rule,
        check.sheet.name,
        check.sentence,
        rows,
        _first(letter(check.sheet, check.column), check.sheet, condition),
    )


def _first(column: str, sheet: Sheet, condition: str) -> str:
    end = LAST_ROW + 1
    furthest = f"SUMPRODUCT(MAX({condition}*({end}-ROW({sheet.name}!$A${FIRST_ROW}:$A${LAST_ROW}))))"
    return f'="{column}"&({end}-IFERROR({furthest},{LAST_ROW}))'


def _holds_anything(sheet: Sheet) -> str:
    """Return the formula of whether a row holds more than amounts: those alone may be a total without a word."""
    described = [column.name for column in sheet.columns if not column.is_money]
    blanks = "".join(f"-ISBLANK({column_range(sheet, name)})" for name in described)
    return f"({len(described)}{blanks}>0)"


def _holds_anything_in_row(sheet: Sheet, cells: Mapping[str, str]) -> str:
    described = [cells[column.name] for column in sheet.columns if not column.is_money]
    return f"COUNTA({','.join(described)})>0"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
