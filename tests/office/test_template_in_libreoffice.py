"""The template in LibreOffice: people type into it, and it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest

from sources.contract.places import cell_in_row, field_cell
from sources.contract.writer import write_template
from sources.reader.cells import Workbook
from sources.reader.workbook import read_cells
from sources.template.declaration import (
    FIXED_FIELDS,
    RETURN_FIELDS,
    RETURN_SHEET,
    SHEETS,
    START_SHEET,
    Column,
    Kind,
)
from tests.edited_returns import sample_path
from tests.libreoffice import PDF, WORKBOOK, Job, at_work
from tests.programs import LIBREOFFICE, UNO
from tests.returns import reference

pytestmark = pytest.mark.needs(LIBREOFFICE, UNO)

MOST_PAGES = 12
# Rows of the sample, with their headings.
PROJECTS, SAVINGS = "A1:P5", "A1:AD6"
FREE_ROW = 20
# What a person types by kind of cell, and what the cell then holds.
_TYPED = {
    Kind.MONEY: "1234.5",
    Kind.MONEY_OR_NA: "1234.5",
    Kind.DATE: "2021-09-30",
    Kind.INTEGER: "3",
    Kind.YEAR: "2021/22",
    Kind.YEAR_OR_MULTIPLE: "2022/23",
    Kind.PERIOD: "P06",
    Kind.BOOLEAN: "Yes",
}


@dataclass(frozen=True)
class Office:
    """What LibreOffice left of its one run.

    Attributes:
        took: For each cell that was typed into, whether it took the text.
        sorts: For each range, whether it was sorted.
        typed: The template with all that was typed, as our reader reads it.
        printed: The sample returns as PDFs, by directorate.
    """

    took: Mapping[str, bool]
    sorts: Mapping[str, bool]
    typed: Workbook
    printed: Mapping[str, bytes]


def text_for(column: Column) -> str:
    return _TYPED.get(column.kind, "Words")


def inputs() -> Iterator[tuple[str, str, str]]:
    """Yield sheet, cell and text of each cell that is a person's."""
    for field in RETURN_FIELDS:
        if field.name not in FIXED_FIELDS:
            yield RETURN_SHEET, field_cell(field.name).partition("!")[2].replace("$", ""), text_for(field)
    for sheet in SHEETS:
        for column in sheet.columns:
            yield sheet.name, cell_in_row(sheet, column.name, FREE_ROW).replace("$", ""), text_for(column)


def others() -> Iterator[tuple[str, str, str]]:
    """Yield cells that are not: labels, headings, what the template fills in, what is right of it."""
    yield START_SHEET, "A1", "mine"
    yield RETURN_SHEET, "D9", "mine"
    for field in RETURN_FIELDS:
        value = field_cell(field.name).partition("!")[2].replace("$", "")
        yield RETURN_SHEET, value.replace("B", "A"), "mine"
        if field.name in FIXED_FIELDS:
            yield RETURN_SHEET, value, "9"
    for sheet in SHEETS:
        yield sheet.name, "AF5", "mine"
        for column in sheet.layout:
            yield sheet.name, cell_in_row(sheet, column.name, 1).replace("$", ""), "mine"
        for own in sheet.own_columns:
            yield sheet.name, cell_in_row(sheet, own.name, FREE_ROW).replace("$", ""), "9"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    blank = folder / "blank.xlsx"
    write_template(blank, "PL", "2021/22", "P06", reference())
    typed = folder / "typed.xlsx"
    printed = {code: folder / f"{code}.pdf" for code in ("AH", "CH", "PL")}
    jobs = [
        Job(blank, [*inputs(), *others()], [(typed, WORKBOOK)]),
        *(Job(sample_path(code), saved=[(path, PDF)]) for code, path in printed.items()),
        Job(sample_path("AH"), sorted=[("Projects", PROJECTS), ("Savings", SAVINGS)]),
    ]
    took, *_, sorts = at_work(jobs, folder)
    read = read_cells(typed, typed.name)
    assert isinstance(read, Workbook)
    return Office(took, sorts, read, {code: path.read_bytes() for code, path in printed.items()})


def test_all_that_a_person_types_into_the_cells_that_are_theirs_is_read(office: Office) -> None:
    """Ruling A2."""
    cells = {(sheet.name, cell.ref): cell.text for sheet in office.typed.sheets for cell in sheet.cells.values()}
    mine = list(inputs())
    assert {(sheet, ref): cells.get((sheet, ref)) for sheet, ref, _ in mine} == {
        (sheet, ref): text for sheet, ref, text in mine
    }


def test_typing_anywhere_else_is_refused_by_the_sheet(office: Office) -> None:
    """Ruling A2."""
    assert [f"{sheet}!{ref}" for sheet, ref, _ in others() if office.took[f"{sheet}!{ref}"]] == []


def test_rows_are_sorted_where_no_cell_is_the_templates_own(office: Office) -> None:
    """Ruling A2, as far as a protected sheet allows it (decision 0012)."""
    assert office.sorts == {f"Projects!{PROJECTS}": True, f"Savings!{SAVINGS}": False}


def test_each_sample_return_prints_on_at_most_twelve_pages(office: Office) -> None:
    """Ruling A4."""
    pages = {code: len(re.findall(rb"/Type\s*/Page[^s]", printed)) for code, printed in office.printed.items()}
    assert {code for code, number in pages.items() if 1 < number <= MOST_PAGES} == set(pages)
