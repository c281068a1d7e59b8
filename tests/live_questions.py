"""Each live check put to each row of a workbook, on sheets of their own that LibreOffice calculates.

Here belongs how the questions are written and their answers are read. Not here: the rows
(``generated_edits``), and what the answers have to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from sources.contract.lists import TOTALS, list_ranges, lists
from sources.contract.live_checks import LiveCheck, has_reference
from sources.contract.live_formulas import is_offending, live
from sources.contract.places import FIRST_ROW, cell_in_row
from sources.template.declaration import SHEETS, Sheet
from tests.edited_returns import at
from tests.mistakes import ERROR
from tests.returns import reference

ASKED = "Asked "


@dataclass(frozen=True)
class Answer:
    """What one live check says of one row.

    Attributes:
        check: The live check.
        row: The sheet's row.
        is_red: Whether it finds something.
    """

    check: LiveCheck
    row: int
    is_red: bool

    @property
    def cell(self) -> str:
        """Where it says it, ``M4``."""
        return at(self.check.sheet.name, self.check.column, self.row).partition("!")[2]


def live_now() -> tuple[tuple[LiveCheck, ...], str]:
    """Return the live checks of Place's workbook, and where its words for a total are."""
    ranges = list_ranges(lists(reference(), "PL", "2021/22", "P06", date(2021, 9, 30)))
    return live(reference(), ranges, "PL").checks, ranges[TOTALS].removeprefix("=")


def ask(path: Path, rows: Mapping[str, Sequence[Any]]) -> None:
    """Add to a workbook a sheet per sheet: per row what each live check says, then by what each column turns.

    Where a cell is to show an error, it does.
    """
    book = openpyxl.load_workbook(path)
    for sheet in SHEETS:
        for cell in (cell for row in book[sheet.name].iter_rows() for cell in row if cell.value == ERROR):
            cell.value = "=1/0"
        page = book.create_sheet(ASKED + sheet.name)
        for row in range(FIRST_ROW, FIRST_ROW + len(rows[sheet.name])):
            for place, formula in enumerate([*_checks_of_row(sheet, row), *_turns_of_row(sheet, row)], start=1):
                page.cell(row, place, formula)
    book.save(path)


def answers(book: Any) -> Iterator[Answer]:
    """Yield what each live check says of each row."""
    for sheet in SHEETS:
        own = checks_of(sheet)
        page = book[ASKED + sheet.name].iter_rows(values_only=True, min_row=FIRST_ROW)
        for row, values in enumerate(page, FIRST_ROW):
            for check, value in zip(own, values, strict=False):
                yield Answer(check, row, bool(value))


def turned(book: Any) -> set[tuple[str, str]]:
    """Return the cells that turn, by their sheet and address."""
    found = set()
    for sheet in SHEETS:
        skipped = len(checks_of(sheet))
        page = book[ASKED + sheet.name].iter_rows(values_only=True, min_row=FIRST_ROW)
        for row, values in enumerate(page, FIRST_ROW):
            for column, value in zip(sheet.columns, values[skipped:], strict=False):
                if value:
                    found.add((sheet.name, at(sheet.name, column.name, row).partition("!")[2]))
    return found


def checks_of(sheet: Sheet) -> list[LiveCheck]:
    """Return a sheet's live checks."""
    return [check for check in live_now()[0] if check.sheet is sheet]


def _cells(sheet: Sheet, row: int) -> dict[str, str]:
    return {column.name: f"{sheet.name}!{cell_in_row(sheet, column.name, row)}" for column in sheet.layout}


def _checks_of_row(sheet: Sheet, row: int) -> Iterator[str]:
    cells, totals = _cells(sheet, row), live_now()[1]
    for check in checks_of(sheet):
        asked = has_reference(sheet, totals).format_map(cells) if check.of_lines else "1"
        yield f"=IFERROR(IF({asked}*({check.in_row(cells)})>0,1,0),0)"


def _turns_of_row(sheet: Sheet, row: int) -> Iterator[str]:
    """Yield the formula of each column's conditional format, as Excel moves it to a row."""
    checks, totals = live_now()
    for column in sheet.columns:
        formula = is_offending(sheet, column.name, checks, totals, _cells(sheet, row))
        yield f"=IFERROR(IF({formula.removeprefix('=')},1,0),0)"
