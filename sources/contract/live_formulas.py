"""The live checks as the workbook shows them: what to mend on a line, how many rows, and the first.

Here belong these formulas, each with its value. Not here: the checks (``live_checks``) and where
the formulas are written (``writer``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sources.contract.formulas import Formula
from sources.contract.live_cell_checks import cell_checks
from sources.contract.live_checks import Filled, LiveCheck, Row, is_empty
from sources.contract.live_row_checks import row_checks
from sources.contract.places import FIRST_ROW, LAST_ROW, cell_in_row, column_range
from sources.reference.reference import Reference
from sources.template.declaration import (
    CONTROL_TOTALS,
    RETURN_FIELDS,
    RETURN_SHEET,
    ROW_COUNT,
    SAVINGS,
    SHEETS,
    Need,
    Sheet,
)

ERROR_IN_A_CELL = "a cell holds an error"
_FORM_ROWS = 100  # of the Return sheet, its heading included


@dataclass(frozen=True)
class Tally:
    """One row of what is to be mended before a return is sent.

    Attributes:
        rule: The check that would block the return.
        sheet: Name of the sheet.
        condition: Not 0 for each row in breach, as an array.
        rows: The rows in breach, as they are written.
        last: The last row that the formula looks at.
    """

    rule: str
    sheet: str
    condition: str
    rows: tuple[int, ...]
    last: int = LAST_ROW

    def count(self) -> Formula:
        """Return how many rows are in breach; words where an error such as #REF! leaves that open."""
        return f'=IFERROR(SUMPRODUCT(--({self.condition}>0)),"{ERROR_IN_A_CELL}")', len(self.rows)

    def first(self, count_cell: str) -> Formula:
        """Return the first row in breach; nothing where there is none."""
        first = 1 if self.sheet == RETURN_SHEET else FIRST_ROW
        end = self.last + 1
        furthest = f"MAX(({self.condition}>0)*({end}-ROW({self.sheet}!$A${first}:$A${self.last})))"
        return f'=IF(N({count_cell})=0,"",{end}-SUMPRODUCT({furthest}))', min(self.rows, default="")


def live_checks(
    reference: Reference, words: Mapping[str, Sequence[str]], ranges: Mapping[str, str]
) -> tuple[LiveCheck, ...]:
    """Return every live check, by sheet in template order, then by rule."""
    checks = [*cell_checks(reference, words, ranges), *row_checks()]
    return tuple(sorted(checks, key=lambda check: (SHEETS.index(check.sheet), check.rule)))


def to_mend(number: int, row: Row, filled: Filled, checks: Sequence[LiveCheck]) -> Formula:
    """Return all that is to be mended on a row of the Savings sheet, in one text.

    Args:
        number: The sheet's row.
        row: What is filled in there; empty for a spare row.
        filled: The whole workbook.
        checks: All live checks.
    """
    cells = {name: cell_in_row(SAVINGS, name, number) for name in _names(SAVINGS)}
    own = [check for check in checks if check.sheet is SAVINGS]
    parts = "&".join(f'IF({check.formula.format_map(cells)},"{_sentence(check)} ","")' for check in own)
    inputs = f"{cells[SAVINGS.columns[0].name]}:{cells[SAVINGS.columns[-1].name]}"
    wrong = f'IFERROR(TRIM({parts}),"{ERROR_IN_A_CELL.capitalize()} (D07).")'
    said = " ".join(_sentence(check) for check in own if row and check.is_breach(row, filled))
    return f'=IF(COUNTA({inputs})=0,"",{wrong})', said


def tallies(filled: Filled, checks: Sequence[LiveCheck], form_top: int) -> list[Tally]:
    """Return one tally a sheet and rule, the Return sheet first.

    Args:
        filled: What the workbook is written with.
        checks: All live checks.
        form_top: The row of the first label on the Return sheet.
    """
    groups: dict[tuple[int, str], list[LiveCheck]] = {}
    for check in checks:
        groups.setdefault((SHEETS.index(check.sheet), check.rule), []).append(check)
    return [_form_tally(filled, form_top), *(_tally(group, filled) for group in groups.values())]


def _tally(group: Sequence[LiveCheck], filled: Filled) -> Tally:
    sheet, rule = group[0].sheet, group[0].rule
    ranges = {name: column_range(sheet, name) for name in _names(sheet)}
    # 0+ makes numbers of TRUE and FALSE, which Excel would count as larger than any number.
    condition = "(0+" + "+".join(f"({check.formula.format_map(ranges)})" for check in group) + ")"
    if rule == "D10":
        condition = f"{_holds_anything(sheet, ranges)}*{condition}"
    rows = tuple(
        number
        for number, row in enumerate(filled.rows(sheet), start=FIRST_ROW)
        if any(not is_empty(row, column.name) for column in sheet.columns)
        and any(check.is_breach(row, filled) for check in group)
    )
    return Tally(rule, sheet.name, condition, rows)


def _form_tally(filled: Filled, form_top: int) -> Tally:
    """D03: what always has to be filled in on the Return sheet."""
    totals = {ROW_COUNT, *CONTROL_TOTALS}
    needed = [field.name for field in RETURN_FIELDS if field.need is Need.ALWAYS and field.name not in totals]
    label, value = (f"{RETURN_SHEET}!${name}$1:${name}${_FORM_ROWS}" for name in ("A", "B"))
    is_needed = "+".join(f'({label}="{name}")' for name in needed)
    rows = tuple(
        number
        for number, field in enumerate(RETURN_FIELDS, start=form_top)
        if field.name in needed and is_empty(filled.fields, field.name)
    )
    return Tally("D03", RETURN_SHEET, f'(({is_needed})*({value}=""))', rows, _FORM_ROWS)


def _holds_anything(sheet: Sheet, ranges: Mapping[str, str]) -> str:
    blanks = "".join(f"-ISBLANK({ranges[column.name]})" for column in sheet.columns)
    return f"({len(sheet.columns)}{blanks}>0)"


def _names(sheet: Sheet) -> tuple[str, ...]:
    return (*(column.name for column in sheet.columns), *sheet.own_columns)


def _sentence(check: LiveCheck) -> str:
    return f"{check.column} {check.words} ({check.rule})."
