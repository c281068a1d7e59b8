"""A plan from a budget sheet: what is taken in and what is left out are together the pounds of the sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as NewWorkbook
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.exit_codes import Exit
from sources.grammar.choices import Choices
from sources.intake import folder_import
from sources.parsing.budget_rows import budget_rows, pounds_of
from sources.reader.cells import Cell, CellKind, SheetCells, Workbook, address
from sources.reader.workbook import ReadingStoppedError
from sources.reference.budget_sheet import BudgetSheetProblem, kept_in, said_of
from sources.reference.reference import Reference, bundled_reference, read_reference
from tests.reference_folder import copy_of_bundled

HEADINGS = ("Directorate", "Ref", "What", "Saving 2022/23 (£)", "Kind")
SAID: dict[str, Any] = {
    "sheet": "Savings",
    "columns": {
        "saving_ref": "Ref",
        "directorate_code": "Directorate",
        "baseline_gbp": "Saving 2022/23 (£)",
        "is_cashable": "Kind",
    },
    "always": {"budget_document": "Budget 2022/23"},
}
# What a row of the sheet holds, and why it is left out; "" where it is taken in.
ROWS: Sequence[tuple[tuple[object, ...], str]] = (
    (("Adults and Housing", None, None, None, None), "It has no reference."),
    (("Adults and Housing", "AH-22-001", "Fewer depots", 120000, "Cashable"), ""),
    (("A&H", " ah-22-002", "Less paper", 80000.5, "non-cashable"), ""),
    (("Adults and Housing total", None, None, 200000.5, None), "It is a total."),
    (("Place", "PL-22-001", "Parking", 45000, "Yes"), ""),
    (("PL", "PL-22-001", "Parking again", 5000, "Yes"), "Row 7 has the same reference."),
    (("Place", "PL-22-003", "More staff", -30000, "Yes"), "It is not a saving: its amount has the other sign."),
    (("Place", "PL/22/4", "Waste", 1000, "Yes"), r"'PL/22/4' does not look like ^(AH|CH|PL|CO)-\d{2}-\d{3}$."),
    (("Parks", "PL-22-005", "Trees", 2000, "Yes"), "Directorate is 'Parks'. This is not in the list."),
    (("Place", "PL-22-006", "Not known yet", "TBC", "Yes"), "Saving 2022/23 (£) is 'TBC'. "),
    (("Place", "PL-22-007", "To the mil", 10.005, "Yes"), "The amount is not of whole pennies"),
    (("Place", "PL-22-008", "Nothing", None, "Yes"), "It has no amount."),
    ((None, "PL-22-009", "Nobody", 7, "Yes"), "It has no Directorate."),
    (("Place", "PL-22-010", "As text", "£1,250.25", "Yes"), ""),
    (("Grand total", None, None, 259221.75, None), "It is a total."),
)


def write_budget(path: Path) -> Path:
    book = NewWorkbook()
    book.worksheets[0].title = "Notes"
    sheet = book.create_sheet("Savings")
    sheet.append(["Budget 2022/23: savings agreed by Council"])
    sheet.append(HEADINGS)
    for row, _ in ROWS:
        sheet.append(row)
    book.save(path)
    return path


def plan(*arguments: object) -> Result:
    return CliRunner().invoke(
        app, ["reference", "plan", *map(str, arguments)], env={"SAVINGS_HOME": "/nowhere/at/all", "COLUMNS": "300"}
    )


def named_once() -> list[str]:
    columns = [text for name, heading in SAID["columns"].items() for text in ("--column", f"{name}={heading}")]
    return ["--sheet", "Savings", *columns, "--always", "budget_document=Budget 2022/23"]


def test_a_budget_sheet_becomes_the_plan_of_its_year_and_the_rest_is_listed(tmp_path: Path) -> None:
    folder, budget = copy_of_bundled(tmp_path), write_budget(tmp_path / "budget.xlsx")
    before = (folder / "approved_plan.csv").read_text("utf-8")
    done = plan(budget, folder, "--year", "2022/23", *named_once(), "--json")
    assert done.exit_code == Exit.DONE, done.stderr
    told = json.loads(done.stdout)
    assert (folder / "approved_plan.csv").read_text("utf-8") == before + (
        "AH-22-001,2022/23,AH,true,120000,Budget 2022/23\n"
        "AH-22-002,2022/23,AH,false,80000.50,Budget 2022/23\n"
        "PL-22-001,2022/23,PL,true,45000,Budget 2022/23\n"
        "PL-22-010,2022/23,PL,true,1250.25,Budget 2022/23\n"
    )
    why = {number: words for number, (_, words) in enumerate(ROWS, start=3) if words}
    assert [row["row"] for row in told["left_out"]] == list(why)
    assert [row["why"] for row in told["left_out"] if why[row["row"]] not in row["why"]] == []
    numbers = [Decimal(str(row[3])) for row, _ in ROWS if isinstance(row[3], int | float)] + [Decimal("1250.25")]
    assert Decimal(told["pounds_taken"]) == Decimal("246250.75")
    assert Decimal(told["pounds_taken"]) + Decimal(told["pounds_left_out"]) == sum(numbers)


def test_the_columns_are_named_once_and_a_second_time_replaces_the_year(tmp_path: Path) -> None:
    folder, budget = copy_of_bundled(tmp_path), write_budget(tmp_path / "budget.xlsx")
    assert "name the sheet and its columns once" in plan(budget, folder, "--year", "2022/23").stderr
    assert plan(budget, folder, "--year", "2022/23", *named_once()).exit_code == Exit.DONE
    first = (folder / "approved_plan.csv").read_bytes()
    again = plan(budget, folder, "--year", "2022/23")
    assert again.exit_code == Exit.DONE
    assert "Taken into the plan of 2022/23: 4 rows, £246,250.75" in again.stdout
    assert "They replace 4 of 2022/23 that were there." in again.stdout
    assert "It is not a saving: its amount has the other sign." in again.stdout
    assert (folder / "approved_plan.csv").read_bytes() == first
    assert kept_in(folder) == said_of(SAID)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (["--sheet", "Saving"], "There is no sheet 'Saving'. The workbook has Notes, Savings: name one of them"),
        (["--column", "saving_ref=Reference"], "'saving_ref=Reference' is there twice"),
        (["--always", "is_cashable=true"], "is_cashable is said twice"),
        (["--always", "colour=blue"], "colour is no part of a plan row"),
        (["--year", "2049/50"], "2049/50 is not a year of financial_year.csv"),
    ],
)
def test_what_is_said_wrongly_of_a_sheet_is_told_and_nothing_is_written(
    tmp_path: Path, changed: list[str], said: str
) -> None:
    folder, budget = copy_of_bundled(tmp_path), write_budget(tmp_path / "budget.xlsx")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = plan(budget, folder, "--year", "2022/23", *named_once(), *changed)
    assert done.exit_code == Exit.WRONG_USE
    assert said in done.stderr
    assert done.stderr.endswith("Nothing was written.\n")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("cell", "pounds"),
    [
        ((CellKind.NUMBER, "45000", "#,##0,"), 45_000),
        ((CellKind.NUMBER, "1200000", '0.0,,"m"'), 1_200_000),
        ((CellKind.TEXT, "45k", "General"), 45_000),
        ((CellKind.TEXT, "£1.2m", "General"), 1_200_000),
    ],
)
def test_an_amount_that_says_its_own_unit_is_left_out_of_a_sheet_in_thousands(
    reference: Reference, cell: tuple[CellKind, str, str], pounds: int
) -> None:
    """As in a return, where a mixture of units is not accepted; its pounds are those that the reader sees."""
    (row,) = budget_rows(_one_amount(*cell), said_of({**SAID, "in_thousands": True}), Choices(reference))
    assert (row.why.split(",")[0], row.pounds, row.plan) == ("Its amount says its own unit", pounds, {})
    (row,) = budget_rows(_one_amount(*cell), said_of(SAID), Choices(reference))
    assert (row.why, row.plan["baseline_gbp"]) == ("", str(pounds))


def _one_amount(kind: CellKind, text: str, number_format: str) -> Workbook:
    book = sheet_of([{1: (CellKind.TEXT, "Place"), 2: (CellKind.TEXT, "PL-22-001"), 4: (kind, text)}])
    cells = {at: replace(cell, number_format=number_format) for at, cell in book.sheets[0].cells.items()}
    cells[2, 5] = Cell("E2", 2, 5, CellKind.TEXT, "Yes")
    return Workbook((replace(book.sheets[0], cells=cells),))


@pytest.mark.parametrize("flag", ["--in-thousands", "--savings-are-negative"])
def test_what_the_amounts_are_is_said_with_the_columns_and_never_dropped(tmp_path: Path, flag: str) -> None:
    folder, budget = copy_of_bundled(tmp_path), write_budget(tmp_path / "budget.xlsx")
    assert plan(budget, folder, "--year", "2022/23", *named_once()).exit_code == Exit.DONE
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = plan(budget, folder, "--year", "2022/23", flag)
    assert done.exit_code == Exit.WRONG_USE
    assert "is kept with the columns: name --sheet and --column again" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_disk_that_fails_after_the_plan_was_written_is_not_called_nothing_written(tmp_path: Path) -> None:
    folder, budget = copy_of_bundled(tmp_path), write_budget(tmp_path / "budget.xlsx")
    (folder / "budget_sheet.toml").mkdir()
    done = plan(budget, folder, "--year", "2022/23", *named_once())
    assert done.exit_code == Exit.WRONG_USE
    assert "AH-22-001" in (folder / "approved_plan.csv").read_text("utf-8")
    assert "Nothing was written" not in done.stderr
    assert done.stderr.endswith("Correct that, then import the workbook again.\n")


@pytest.mark.parametrize("command", ["plan", "import"])
def test_a_reading_that_this_machine_stopped_is_to_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Ruling C10: it says nothing of the file."""

    def stopped(*_: object) -> None:
        raise ReadingStoppedError("it was not read within 60 seconds")

    folder, budget = copy_of_bundled(tmp_path), write_budget(tmp_path / "budget.xlsx")
    monkeypatch.setattr(folder_import, "read_cells", stopped)
    named = ["--year", "2022/23", *named_once()] if command == "plan" else []
    done = CliRunner().invoke(app, ["reference", command, str(budget), str(folder), *named])
    assert done.exit_code == Exit.WRONG_USE
    assert done.stderr == "budget.xlsx: it was not read within 60 seconds. Try again.\nNothing was written.\n"


def test_a_heading_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    budget = write_budget(tmp_path / "budget.xlsx")
    said = said_of({**SAID, "columns": {**SAID["columns"], "saving_ref": "Reference"}})
    from sources.intake.folder_import import read_workbook

    with pytest.raises(BudgetSheetProblem, match=r"has no column 'Reference'\. Row 2 has Directorate, Ref, What"):
        budget_rows(read_workbook(budget), said, Choices(read_reference(bundled_reference())))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(bundled_reference())


def sheet_of(rows: Sequence[Mapping[int, tuple[CellKind, str]]]) -> Workbook:
    cells = {(1, at): (CellKind.TEXT, heading) for at, heading in enumerate(HEADINGS, start=1)}
    cells |= {(number, at): cell for number, row in enumerate(rows, start=2) for at, cell in row.items()}
    made = {at: Cell(address(*at), *at, kind, text) for at, (kind, text) in cells.items()}
    return Workbook((SheetCells("Savings", cells=made),))


_TEXTS = st.sampled_from(["AH-22-001", "AH-22-002", "PL-22-001", "Total", "Place", "PL", "", "£12.50", "TBC", "Yes"])
_NUMBERS = st.decimals(Decimal(-(10**9)), Decimal(10**9), places=3).map(str)
_CELL = st.tuples(st.just(CellKind.TEXT), _TEXTS) | st.tuples(st.just(CellKind.NUMBER), _NUMBERS)
_ROW = st.dictionaries(st.sampled_from([1, 2, 4, 5]), _CELL, max_size=4) | st.fixed_dictionaries(
    {
        1: st.just((CellKind.TEXT, "Place")),
        2: st.integers(1, 5).map(lambda number: (CellKind.TEXT, f"PL-22-{number:03d}")),
        4: st.tuples(st.just(CellKind.NUMBER), _NUMBERS),
        5: st.just((CellKind.TEXT, "Cashable")),
    }
)


@given(rows=st.lists(_ROW, max_size=12), in_thousands=st.booleans(), savings_are_negative=st.booleans())
def test_no_pound_of_a_sheet_is_lost_or_taken_twice(
    reference: Reference, rows: list[dict[int, tuple[CellKind, str]]], in_thousands: bool, savings_are_negative: bool
) -> None:
    said = said_of({**SAID, "in_thousands": in_thousands, "savings_are_negative": savings_are_negative})
    read = budget_rows(sheet_of(rows), said, Choices(reference))
    amounts = [row[4] for row in rows if 4 in row]
    of_sheet = sum(
        (Decimal(text.lstrip("£")) for kind, text in amounts if kind is CellKind.NUMBER or text.startswith("£")),
        Decimal(0),
    )
    assert pounds_of(read) == of_sheet * (1000 if in_thousands else 1) * (-1 if savings_are_negative else 1)
    taken = [row for row in read if not row.why]
    assert sum((Decimal(row.plan["baseline_gbp"]) for row in taken), Decimal(0)) == pounds_of(taken)
    references = [row.plan["saving_ref"] for row in taken]
    assert len(set(references)) == len(references)
