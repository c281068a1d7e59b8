"""The reference folder as a workbook and back: nothing is lost either way, and wrong cells are named."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dbt_project.invocation import PROJECT
from sources.contract.folder_workbook import START, write_folder_workbook
from sources.intake.folder_import import NotAWorkbookError, import_workbook, read_workbook
from sources.parsing.folder_book import lists_of
from sources.reference.folder_cells import typed, written
from sources.reference.folder_contract import REFERENCE_FILES, FieldKind, reference_file
from sources.reference.folder_reader import read_texts
from sources.reference.folder_words import COLUMNS, LISTS
from sources.reference.folder_writer import write_list
from sources.reference.reference import ReferenceProblem, bundled_reference, read_reference
from tests.reference_folder import copy_of_bundled

_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs")), min_size=1)
_MONEY = st.decimals(Decimal("-999999999999.99"), Decimal("999999999999.99"), places=2)
_CELLS = {
    FieldKind.TEXT: _TEXT
    | st.sampled_from(["0012", "1E5", "=1+1", "'a", "true", "2021-09-30", "_x000D_", "10.50", "P06"]),
    FieldKind.MONEY: _MONEY.map(written),
    FieldKind.DATE: st.dates(date(1900, 3, 1), date(2100, 1, 1)).map(written),
    FieldKind.BOOLEAN: st.booleans().map(written),
    FieldKind.INTEGER: st.integers(-999_999_999, 999_999_999).map(written),
    FieldKind.DECIMAL: st.decimals(Decimal(-999999999), Decimal(999999999), places=6).map(written),
    FieldKind.YEAR: st.sampled_from(["2019/20", "2021/22", "2030/31"]),
}
# Lists whose cells are free of others, with what each may hold: between them each kind of cell.
_FREE = ("decision", "budget_gap", "council_value")


def rows_of(name: str) -> st.SearchStrategy[list[dict[str, str]]]:
    """Return rows of a list, each key once, the council's own column with them."""
    file = reference_file(name)
    cells = {
        field.name: st.from_regex(r"[A-Z]{1,3}[0-9]{0,4}", fullmatch=True, alphabet=st.characters(max_codepoint=127))
        if field.kind is FieldKind.CODE
        else _CELLS[field.kind] | (st.nothing() if field.is_required else st.just(""))
        for field in file.fields
    }
    row = st.fixed_dictionaries({**cells, "our own note": _TEXT | st.just("")})
    return st.lists(row, max_size=6, unique_by=lambda each: tuple(each[column].lower() for column in file.key))


@settings(max_examples=6, deadline=None)
@given(lists=st.fixed_dictionaries({name: rows_of(name) for name in _FREE}))
def test_a_folder_reads_the_same_from_the_workbook_that_it_was_written_to(
    lists: dict[str, list[dict[str, str]]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = copy_of_bundled(Path(name))
        for each, rows in lists.items():
            ranges = [row | {"low_gbp": "", "high_gbp": ""} for row in rows]  # the two hang together
            columns = [*(field.name for field in reference_file(each).fields), "our own note"]
            write_list(folder, each, ranges, columns)
        book, back = Path(name) / "lists.xlsx", Path(name) / "back"
        write_folder_workbook(book, read_reference(folder))
        import_workbook(book, back)
        assert read_reference(back).tables == read_reference(folder).tables
        for each in lists:
            assert read_texts(back, reference_file(each))[0][-1] == "our own note"
            own = [[row["our own note"] for row in read_texts(at, reference_file(each))[1]] for at in (folder, back)]
            assert own[0] == own[1]


@given(st.sampled_from(sorted(_CELLS)), st.data())
def test_a_value_is_written_as_it_is_read(kind: FieldKind, data: st.DataObject) -> None:
    value = typed(kind, data.draw(_CELLS[kind]))
    assert typed(kind, written(value)) == value


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "lists.xlsx"
    write_folder_workbook(path, read_reference(bundled_reference()))
    return path


def test_the_bundled_folder_comes_back_byte_for_byte(book: Path, tmp_path: Path) -> None:
    done = import_workbook(book, tmp_path / "back")
    assert done.written == tuple(file.name for file in REFERENCE_FILES)
    for file in REFERENCE_FILES:
        name = f"{file.name}.csv"
        assert (tmp_path / "back" / name).read_bytes() == (bundled_reference() / name).read_bytes()


def edited(book: Path, to: Path, cells: dict[str, Any]) -> Path:
    """Return a copy of the workbook with cells typed over, as ``approved_plan!E4``."""
    sheets = load_workbook(book)
    for cell, value in cells.items():
        name, _, at = cell.partition("!")
        sheets[name][at] = value
    sheets.save(to)
    return to


def test_only_the_lists_that_changed_are_written(book: Path, tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    plan = folder / "approved_plan.csv"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    moved = {"approved_plan!E4": 300000.55, "approved_plan!E5": 1249999.45}
    done = import_workbook(edited(book, tmp_path / "e.xlsx", moved), folder)
    assert done.written == ("approved_plan",)
    read = before.pop("approved_plan.csv").replace(b",300000,", b",300000.55,").replace(b",1250000,", b",1249999.45,")
    assert plan.read_bytes() == read
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path != plan} == before


# Cell, what is typed there, and what is said of it.
WRONG: dict[str, tuple[Any, str]] = {
    "approved_plan!E4": ("TBC", "approved_plan!E4, baseline_gbp: 'TBC' is no number. Format the cell as Number"),
    "directorate!C2": ("soon", "directorate!C2, valid_from: 'soon' is no date. Format the cell as Date"),
    "setting!B3": (date(2021, 9, 30), "setting!B3, value: '2021-09-30' is not text. Format the cell as Text"),
    "theme!A2": ("#REF!", "theme!A2, code: the cell shows #REF!. Type the value."),
    "report!E2": ("a", "report!E2: the cell has no heading above it. Clear it, or give the column a heading."),
}
WRONG_TOGETHER: dict[str, tuple[Any, str]] = {
    "approved_plan!C5": ("ZZ", "approved_plan!C5, directorate_code: 'ZZ' is not in directorate.csv"),
    "approved_plan!E6": (1000.005, "approved_plan!E6, baseline_gbp: '1000.005' cannot be read as money"),
    "fund!C2": (2, "fund!C2, share: 2 is no share. Write more than 0 and at most 1."),
    "post!C3": ("hold;fly", "post!C3, may: 'fly' is nothing that a post may do"),
}


@pytest.mark.parametrize("wrong", [WRONG, WRONG_TOGETHER], ids=["cells", "lists"])
def test_each_wrong_cell_is_named_and_nothing_is_written(
    book: Path, tmp_path: Path, wrong: dict[str, tuple[Any, str]]
) -> None:
    path = edited(book, tmp_path / "e.xlsx", {cell: value for cell, (value, _) in wrong.items()})
    with pytest.raises(ReferenceProblem) as refused:
        import_workbook(path, tmp_path / "folder")
    said = str(refused.value).splitlines()
    assert said[0].endswith(f"in the reference workbook {path}:")
    assert [line for _, line in wrong.values() if not any(each.startswith(line) for each in said)] == []
    assert not (tmp_path / "folder").exists()


def test_a_value_that_is_taken_from_another_workbook_is_refused(book: Path) -> None:
    """Ruling B7: what it says is not for this workbook to know."""
    read = read_workbook(book)
    plan = next(sheet for sheet in read.sheets if sheet.name == "approved_plan")
    linked = replace(plan.cells[4, 5], formula="[1]Budget!A1", is_linked=True)
    _, problems = lists_of(replace(read, sheets=(*read.sheets, replace(plan, cells={**plan.cells, (4, 5): linked}))))
    assert [str(problem.cell) + ": " + problem.what for problem in problems] == [
        "approved_plan!E4: the value is taken from another workbook"
    ]


def test_a_sheet_that_is_missing_or_no_list_is_named(book: Path, tmp_path: Path) -> None:
    sheets = load_workbook(book)
    sheets.create_sheet("My sums")["A1"] = "1"
    sheets.save(tmp_path / "more.xlsx")
    assert import_workbook(tmp_path / "more.xlsx", tmp_path / "folder").left_out == ("My sums",)
    del sheets["theme"]
    sheets["report"]["A1"] = "code of the report"
    sheets.save(tmp_path / "less.xlsx")
    with pytest.raises(ReferenceProblem) as refused:
        import_workbook(tmp_path / "less.xlsx", tmp_path / "other")
    assert "sheet theme: the sheet is missing. Put it back" in str(refused.value)
    assert "sheet report, report_code: the column is missing. Put its heading back into row 1." in str(refused.value)


@pytest.mark.parametrize("content", [b"saving_ref,plan_year\n", b"", b"PK\x03\x04 not a workbook"])
def test_what_is_no_workbook_is_refused_with_how_to_save_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "lists.xlsx").write_bytes(content)
    with pytest.raises(NotAWorkbookError, match=r"Save it as an Excel Workbook \(\.xlsx\)"):
        import_workbook(tmp_path / "lists.xlsx", tmp_path / "folder")


def test_what_a_workbook_would_not_keep_is_refused_before_it_is_written(tmp_path: Path) -> None:
    folder = copy_of_bundled(tmp_path)
    plan = folder / "printed_project.csv"
    plan.write_text(plan.read_text("utf-8") + f"{'a' * 32_768},10.5,PL\n", "utf-8")
    with pytest.raises(ValueError, match="keeps 15 digits and 32,767 characters per cell"):
        write_folder_workbook(tmp_path / "lists.xlsx", read_reference(folder))
    assert not (tmp_path / "lists.xlsx").exists()


def test_every_column_has_a_note_and_every_list_a_line_on_the_first_sheet(book: Path) -> None:
    sheets = load_workbook(book)
    for file in REFERENCE_FILES:
        notes = {cell.value: cell.comment.text for cell in sheets[file.name][1]}
        assert [name for name in notes if not notes[name].startswith(COLUMNS[name])] == []
        assert [field.name for field in file.fields] == list(notes)
    said = {row[1].value for row in sheets[START].iter_rows(min_row=8)}
    assert said == set(LISTS.values())
    assert sheets[START]["A1"].value == "Reference data of Dorset Council"


def test_a_list_means_the_same_in_the_workbook_and_in_the_warehouse() -> None:
    document: dict[str, Any] = yaml.safe_load((PROJECT / "models" / "sources_reference.yml").read_text())
    tables = document["sources"][0]["tables"]
    assert [table["description"] for table in tables if table["description"] != LISTS[table["name"]]] == []
    described = {column["name"]: column["description"] for table in tables for column in table["columns"]}
    both = COLUMNS.keys() & described.keys()
    assert len(both) > 70
    assert [name for name in both if COLUMNS[name] != described[name].replace(" (R28)", "").replace(" (R50)", "")] == []
