"""What LibreOffice makes of the workbook's own formulas is what Python writes them with.

The workbooks were calculated and saved by LibreOffice (``tests/fixtures/libreoffice/README.md``).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sources.contract import before_you_send
from sources.contract.formulas import TO_MEND, control_totals, line_formulas
from sources.contract.lists import list_ranges, lists
from sources.contract.live_checks import Filled, LiveCheck, Row
from sources.contract.live_formulas import ERROR_IN_A_CELL, Tally, live_checks, tallies, to_mend
from sources.template.declaration import GUIDANCE_SHEET, RETURN_FIELDS, RETURN_SHEET, SAVINGS, SHEETS, Sheet
from tests.libreoffice_fixtures import MISTAKES, SAMPLE
from tests.returns import YEAR, reference

_LAST = 60
# The mistakes hold one error, in an optional amount: the checks that read the column cannot tell.
_HIDDEN_BY_AN_ERROR = {("Pipeline", "D09"), ("Pipeline", "D11")}


@dataclass(frozen=True)
class Calculated:
    """A workbook as LibreOffice saved it: what was filled in, and what its formulas came to."""

    book: Any
    filled: Filled
    checks: tuple[LiveCheck, ...]
    own: dict[int, Row]
    labels: dict[str, int]

    @property
    def tallies(self) -> list[Tally]:
        return tallies(self.filled, self.checks, self.labels["template_version"])


@cache
def calculated(path: Path, directorate: str) -> Calculated:
    book: Any = openpyxl.load_workbook(path, data_only=True)
    labels = {row[0].value: row[0].row for row in book[RETURN_SHEET].iter_rows() if row[0].value}
    fields = {field.name: typed(book[RETURN_SHEET].cell(labels[field.name], 2).value) for field in RETURN_FIELDS}
    words = lists(reference(), directorate, YEAR, dt.date(2021, 9, 30))
    rows = {sheet.name: rows_of(book, sheet) for sheet in SHEETS}
    own = {
        number: {name: typed(book["Savings"].cell(number, len(SAVINGS.columns) + place).value) for place, name in
                 enumerate(SAVINGS.own_columns, start=1)}
        for number in range(2, len(rows["Savings"]) + 2)
    }  # fmt: skip
    checks = live_checks(reference(), words, list_ranges(words))
    return Calculated(book, Filled(rows, fields), checks, own, labels)


def rows_of(book: Any, sheet: Sheet) -> list[Row]:
    names = [column.name for column in sheet.columns]
    cells = book[sheet.name].iter_rows(min_row=2, max_row=_LAST, max_col=len(names), values_only=True)
    rows = [dict(zip(names, map(typed, row), strict=True)) for row in cells]
    last = max((number for number, row in enumerate(rows, start=1) if any(row.values())), default=0)
    return [row if any(value is not None for value in row.values()) else {} for row in rows[:last]]


def typed(value: object) -> object:
    """Return a cell's value as the template's writer has it."""
    if isinstance(value, dt.datetime):
        return value.date()
    return Decimal(repr(value)) if isinstance(value, float) else value


WORKBOOKS = pytest.mark.parametrize(("path", "code"), [(MISTAKES, "PL"), (SAMPLE, "CH")], ids=["mistakes", "sample"])


@WORKBOOKS
def test_each_line_says_what_is_to_be_mended(path: Path, code: str) -> None:
    seen = calculated(path, code)
    rows = seen.filled.rows(SAVINGS)
    said = {number: seen.own[number][TO_MEND] or "" for number in range(2, len(rows) + 2)}
    assert said == {
        number: to_mend(number, row, seen.filled, seen.checks)[1] for number, row in enumerate(rows, start=2)
    }
    assert any(said.values()) == (path == MISTAKES)


@WORKBOOKS
def test_each_tally_has_its_count_and_first_row(path: Path, code: str) -> None:
    seen = calculated(path, code)
    guidance = list(seen.book[GUIDANCE_SHEET].iter_rows(max_col=5, values_only=True))
    top = next(number for number, row in enumerate(guidance) if row[0] == before_you_send.TITLE)
    assert guidance[top + 1] == before_you_send.HEADER
    block = seen.tallies
    for row, tally in zip(guidance[top + 2 : top + 2 + len(block)], block, strict=True):
        count: object = len(tally.rows)
        first: object = min(tally.rows, default=None)
        if path == MISTAKES and (tally.sheet, tally.rule) in _HIDDEN_BY_AN_ERROR:
            count, first = ERROR_IN_A_CELL, None
        assert row == (tally.sheet, tally.rule, before_you_send.WHAT_IS_WRONG[tally.rule], count, first)
    assert guidance[top + 2 + len(block)][0] is None


@WORKBOOKS
def test_the_return_sheet_says_whether_anything_is_to_be_mended(path: Path, code: str) -> None:
    seen = calculated(path, code)
    line = seen.book[RETURN_SHEET].cell(seen.labels["template_version"] - 1, 3).value
    assert line == before_you_send.summary(seen.tallies, 0)[1]


@WORKBOOKS
def test_totals_and_the_own_columns_of_a_line_come_to_what_they_are_written_with(path: Path, code: str) -> None:
    seen = calculated(path, code)
    for label, (_, value) in control_totals(seen.filled.rows(SAVINGS)).items():
        assert pence(seen.filled.fields[label]) == pence(value)
    for number, row in enumerate(seen.filled.rows(SAVINGS), start=2):
        shown = seen.own[number]
        # A row without a reference is none to these formulas.
        is_line = row.get("saving_ref") is not None
        formulas = line_formulas(number, {**shown, **row} if is_line else {}, reference())
        came_to = {name: pence("" if shown[name] is None else shown[name]) for name in formulas}
        assert came_to == {name: pence(value) for name, (_, value) in formulas.items()}, number


def pence(value: object) -> object:
    return round(value, 2) if isinstance(value, Decimal | int) else value
