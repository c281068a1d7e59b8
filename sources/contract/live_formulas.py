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

from sources.contract.guidance import guidance_on
from sources.contract.lists import TOTALS
from sources.contract.live_cell_checks import Form, cell_checks
from sources.contract.live_checks import LiveCheck, cells_of, has_reference, rows_from
from sources.contract.live_row_checks import row_checks
from sources.contract.places import FIRST_ROW, LAST_ROW, column_range, field_cell, letter, place
from sources.findings.findings import Severity
from sources.findings.wording import without_values
from sources.findings.words.cells import Blank, CellError
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

ERROR_IN_A_CELL = f"A cell on this row shows an error such as #REF!. {CellError.remedy}"
# What stands for the number of a row in a formula that every row has.
ROW = "§"
# Two faults are shown of a line; once they are corrected, the next ones are.
_SHOWN, _LONGEST_SENTENCE = 2, 400
_BETWEEN = "|"
BLOCK_HEADER = ("sheet", "to correct", "rows", "first cell", "turn")


@dataclass(frozen=True)
class Tally:
    """One thing that may have to be corrected before a return is sent.

    Attributes:
        rule: The check that would find it in the return.
        sheet: Name of the sheet.
        sentence: What a person reads.
        rows: The formula of how many rows have it; an array formula, as the next.
        first: The formula of the address of the first, ``M4``; anything where there is none.
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
        checks: The worst first, then in template order.
        tallies: The Return sheet, errors in cells, then the checks.
        offending: By sheet and column the formula by which its cells turn.
    """

    checks: tuple[LiveCheck, ...]
    tallies: tuple[Tally, ...]
    offending: Mapping[tuple[str, str], str]


def live(reference: Reference, ranges: Mapping[str, str], directorate: str) -> Live:
    """Return the live checks of a directorate's workbook whose lists lie there."""
    forms = tuple(
        Form(column, reference.setting(column.pattern), guidance_on(column, reference, directorate))
        for sheet in SHEETS
        for column in sheet.columns
        if column.pattern
    )
    return _live(forms, tuple(ranges.items()))


@lru_cache(maxsize=16)  # many workbooks have the same lists, and these formulas take most of the time
def _live(forms: tuple[Form, ...], ranges: tuple[tuple[str, str], ...]) -> Live:
    lists = dict(ranges)
    checks = [*cell_checks(forms, lists), *row_checks(lists)]
    checks.sort(key=_worst_first)
    totals = lists[TOTALS].removeprefix("=")
    columns = ((sheet, column.name) for sheet in SHEETS for column in sheet.columns)
    offending = {(sheet.name, column): is_offending(sheet, column, checks, totals) for sheet, column in columns}
    return Live(tuple(checks), tuple(_tallies(checks, totals)), offending)


def _worst_first(check: LiveCheck) -> tuple[bool, int, int]:
    """Return where a check comes: first those that a return is blocked for, then in template order."""
    is_mild = check.fault.severity is not Severity.BLOCK
    return is_mild, SHEETS.index(check.sheet), place(check.sheet, check.column)


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
    of_lines: list[str] = []
    of_others: list[str] = []
    for number, check in enumerate(checks, start=block.length - len(checks)):
        if check.sheet is SAVINGS:
            said = f'IF({check.in_row(cells)},{block.cell("to correct", number).replace("$", "")}&"{_BETWEEN}","")'
            (of_lines if check.of_lines else of_others).append(said)
    parts = f"IF({has_reference(SAVINGS, totals).format_map(cells)},{'&'.join(of_lines)},{'&'.join(of_others)})"
    apart = f'SUBSTITUTE({parts},"{_BETWEEN}",REPT(" ",{_LONGEST_SENTENCE}))'
    return f'=IFERROR(TRIM(LEFT({apart},{_SHOWN * _LONGEST_SENTENCE})),"{ERROR_IN_A_CELL}")'


def is_offending(
    sheet: Sheet, column: str, checks: Sequence[LiveCheck], totals: str, cells: Mapping[str, str] | None = None
) -> str:
    """Return the formula by which a column's cells turn: a live check finds something, or the cell holds an error.

    Args:
        sheet: Which sheet.
        column: Which of its columns.
        checks: All live checks.
        totals: Where the words for a total are.
        cells: By column the cells of the row; of the first row if None.
    """
    cells = cells or cells_of(sheet, FIRST_ROW)
    asked = has_reference(sheet, totals).format_map(cells)
    own = [check for check in checks if check.sheet is sheet and check.column == column]
    wrong = [f"{asked + '*' if check.of_lines else ''}({check.in_row(cells)})" for check in own]
    return f"=IFERROR({'+'.join(wrong) or '0'}>0,ISERROR({cells[column]}))"


def _tallies(checks: Sequence[LiveCheck], totals: str) -> list[Tally]:
    fields = [field for field in RETURN_FIELDS if field.need is Need.ALWAYS and field.name not in FIXED_FIELDS]
    form = [_field_tally(field.name, field.heading) for field in fields]
    return [*form, *map(_error_tally, SHEETS), *(_tally(check, totals) for check in checks)]


def _field_tally(name: str, heading: str) -> Tally:
    cell = field_cell(name)
    is_empty = f'IFERROR(--(TRIM({cell})=""),1)'
    address = cell.partition("!")[2].replace("$", "")
    words = without_values(Blank.wrong, {}), without_values(Blank.remedy, {})
    return Tally("D03", RETURN_SHEET, f"{heading}: {' '.join(words)}", f"={is_empty}", f'="{address}"')


def _error_tally(sheet: Sheet) -> Tally:
    cells = f"{sheet.name}!$A${FIRST_ROW}:${letter(sheet, sheet.columns[-1].name)}${LAST_ROW}"
    own = [column_range(sheet, column.name) for column in sheet.columns]
    count = "+".join(f"ISERROR({each})" for each in own)
    # The first of them, row by row: the address of the smallest number of row and column.
    first = f"MIN(IF(ISERROR({cells}),ROW({cells})*1000+COLUMN({cells})))"
    address = f'=IF(SUM({count})=0,"",ADDRESS(INT({first}/1000),MOD({first},1000),4))'
    return Tally("D07", sheet.name, ERROR_IN_A_CELL, f"=SUM(--(({count})>0))", address)


def _tally(check: LiveCheck, totals: str) -> Tally:
    wrong = check.in_column(totals)
    first = f"MIN(IF({wrong}>0,ROW({rows_from(check.sheet)})))"
    address = f'="{letter(check.sheet, check.column)}"&{first}'
    return Tally(check.rule, check.sheet.name, check.sentence, f"=SUM({wrong})", address)
