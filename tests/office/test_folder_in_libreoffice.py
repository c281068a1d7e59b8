"""Reference data saved by LibreOffice, as a workbook and as CSV, say the same but for what was typed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from sources.contract.folder_workbook import START, write_folder_workbook
from sources.intake.folder_import import import_workbook
from sources.reference.folder_contract import REFERENCE_FILES
from sources.reference.reference import Reference, ReferenceProblem, bundled_reference, read_reference
from tests.libreoffice import PDF, WORKBOOK, Job, at_work
from tests.programs import LIBREOFFICE, UNO

pytestmark = pytest.mark.needs(LIBREOFFICE, UNO)

# As CSV UTF-8, cells as they are shown, each sheet a file.
_AS_SHOWN = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
# A list's row and column as it is afterwards, the cell, and what is typed.
TYPED: Mapping[tuple[str, int, str], tuple[str, str, Any]] = {
    ("approved_plan", 2, "baseline_gbp"): ("E4", "300000.55", Decimal("300000.55")),
    ("directorate", 2, "valid_to"): ("D4", "2040-03-31", date(2040, 3, 31)),
    ("printed_project", 2, "list"): ("B4", "10.50", "10.50"),
    ("fund", 0, "share"): ("C2", "0.25", Decimal("0.25")),
    ("approved_plan", 11, "is_cashable"): ("D13", "false", False),
    # What is printed of the plan follows it.
    ("printed_plan_total", 0, "baseline_gbp"): ("D2", "6582000.55", Decimal("6582000.55")),
    ("printed_plan_total", 2, "baseline_gbp"): ("D4", "1634000", Decimal(1634000)),
    ("expected_return", 0, "to_period"): ("D2", "P09", "P09"),
}
WRONG = [("directorate_alias", "B2", "ZZ"), ("theme", "A2", ""), ("approved_plan", "A3", "AH-21-3")]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What LibreOffice saved: the workbook typed into, the same with mistakes, its sheets and our files as CSV."""
    folder = tmp_path_factory.mktemp("office")
    write_folder_workbook(folder / "lists.xlsx", read_reference(bundled_reference()))
    typed = [(name, cell, text) for (name, _, _), (cell, text, _) in TYPED.items()]
    jobs = [
        Job(folder / "lists.xlsx", typed, [(folder / "typed.xlsx", WORKBOOK), (folder / "typed.pdf", PDF)]),
        Job(folder / "lists.xlsx", WRONG, [(folder / "wrong.xlsx", WORKBOOK)]),
    ]
    (folder / "work").mkdir()
    for took in at_work(jobs, folder / "work"):
        assert all(took.values()), took
    lists = [str(bundled_reference() / f"{file.name}.csv") for file in REFERENCE_FILES]
    for kind, files, to in ((_AS_SHOWN, [str(folder / "typed.xlsx")], "sheets"), ("csv", lists, "files")):
        profile = f"-env:UserInstallation={(folder / 'work' / 'profile').as_uri()}"
        command = [LIBREOFFICE.path, profile, "--headless", "--convert-to", kind, "--outdir", str(folder / to), *files]
        subprocess.run(command, check=True, capture_output=True)
    for path in (folder / "sheets").iterdir():
        path.rename(path.with_name(path.name.removeprefix("typed-")))
    return folder


def said_by(reference: Reference) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [{column: value for column, value in row.items() if column != "source_line"} for row in rows]
        for name, rows in reference.tables.items()
    }


def expected() -> dict[str, list[dict[str, Any]]]:
    """Return what the bundled lists say once the cells are typed."""
    said = said_by(read_reference(bundled_reference()))
    for (name, row, column), (_, _, value) in TYPED.items():
        assert said[name][row][column] != value
        said[name][row][column] = value
    return said


def test_a_workbook_saved_by_libreoffice_says_what_was_typed_and_nothing_else(saved: Path, tmp_path: Path) -> None:
    assert import_workbook(saved / "typed.xlsx", tmp_path / "back").left_out == ()
    assert said_by(read_reference(tmp_path / "back")) == expected()


def test_its_sheets_saved_as_csv_say_the_same(saved: Path) -> None:
    """Ruling D-4."""
    assert said_by(read_reference(saved / "sheets")) == expected()


def test_csv_files_saved_by_libreoffice_say_what_they_said(saved: Path) -> None:
    """Ruling D-4."""
    assert said_by(read_reference(saved / "files")) == said_by(read_reference(bundled_reference()))


def to_correct(path: Path) -> dict[str, int]:
    """Return by list how many cells the workbook counts as wrong, where there are any."""
    rows = load_workbook(path, data_only=True)[START].iter_rows(min_row=8, values_only=True)
    return {str(name): int(str(count)) for name, _, _, _, count in rows if int(str(count))}


def test_the_workbook_counts_what_is_wrong_and_the_import_refuses_it(saved: Path) -> None:
    assert to_correct(saved / "typed.xlsx") == {}
    assert to_correct(saved / "wrong.xlsx") == {"directorate_alias": 1, "theme": 1, "approved_plan": 1}
    with pytest.raises(ReferenceProblem, match="3 problems") as refused:
        import_workbook(saved / "wrong.xlsx", saved / "never")
    assert [cell for name, cell, _ in WRONG if f"{name}!{cell}" not in str(refused.value)] == []
