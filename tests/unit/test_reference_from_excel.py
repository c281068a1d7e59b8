"""A reference folder that was opened and saved in Excel reads as it did, and so does one from before a column (D-4)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sources.reference import folder_reader
from sources.reference.folder_cells import typed
from sources.reference.folder_contract import REFERENCE_FILES, Field, FieldKind, ReferenceFile, reference_file
from sources.reference.folder_problems import causes
from sources.reference.folder_reader import read_table
from sources.reference.folder_required import SETTING_DEFAULTS
from sources.reference.reference import read_reference
from tests.reference_folder import copy_of_bundled, problems_of
from tests.returns import at, good_return, judged, reference_with, told

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def as_excel_saves(path: Path, file: ReferenceFile) -> None:
    """Write a file as Excel does: its own truth and dates, a byte-order mark, CRLF, empty cells and rows at the end."""
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    changed = {field.name for field in file.fields if field.kind in (FieldKind.BOOLEAN, FieldKind.DATE)}
    header = rows[0]
    with open(path, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        for row in rows:
            cells = [_as_excel_shows(cell) if name in changed else cell for name, cell in zip(header, row, strict=True)]
            writer.writerow([*cells, "", ""])
        writer.writerow([""] * (len(rows[0]) + 2))


def _as_excel_shows(cell: str) -> str:
    if cell in ("true", "false"):
        return cell.upper()
    return _ISO.sub(r"\3/\2/\1", cell) if _ISO.fullmatch(cell) else cell


def test_a_folder_that_excel_opened_and_saved_reads_as_it_did(tmp_path: Path) -> None:
    """Ruling D-4."""
    folder = copy_of_bundled(tmp_path)
    before = read_reference(folder).tables
    for file in REFERENCE_FILES:
        as_excel_saves(folder / f"{file.name}.csv", file)
    assert read_reference(folder).tables == before


@pytest.mark.parametrize("text", ["31/02/2021", "2021/09/30", "30/9/2021", "09/30/2021", "30-09-2021"])
def test_a_date_is_read_day_first_or_not_at_all(text: str) -> None:
    with pytest.raises(folder_reader.NotTypedError):
        typed(FieldKind.DATE, text)


def test_a_date_of_excel_is_the_day_that_it_shows() -> None:
    assert typed(FieldKind.DATE, "04/03/2021") == typed(FieldKind.DATE, "2021-03-04") == date(2021, 3, 4)


def test_a_column_that_was_added_reads_its_default_in_an_earlier_folder(tmp_path: Path) -> None:
    """Ruling D-4."""
    folder = copy_of_bundled(tmp_path)
    report = reference_file("report")
    later = replace(report, fields=(*report.fields, Field("is_draft", FieldKind.BOOLEAN, default="false")))
    rows, problems = read_table(folder, later)
    assert ({row["is_draft"] for row in rows}, problems) == ({False}, [])
    without = replace(report, fields=(*report.fields, Field("is_draft", FieldKind.BOOLEAN)))
    assert [problem.column for problem in read_table(folder, without)[1]] == ["is_draft"]


def test_a_setting_that_was_added_has_its_default_in_an_earlier_folder(tmp_path: Path) -> None:
    """Ruling D-4: the limits of dates are settings."""
    folder = copy_of_bundled(tmp_path)
    path = folder / "setting.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if line.split(",")[0] not in SETTING_DEFAULTS) + "\n", "utf-8")
    earlier = read_reference(folder)
    assert {name: earlier.setting(name) for name in SETTING_DEFAULTS} == SETTING_DEFAULTS


@pytest.mark.parametrize(
    ("setting", "value", "column", "rule"),
    [
        ("earliest_date", "2021-05-01", "start_date", "D48"),
        ("latest_date", "2021-03-31", "start_date", "D48"),
        ("first_plan_year", "2022/23", "plan_year", "D17"),
    ],
)
def test_the_limits_of_dates_are_what_the_folder_says(setting: str, value: str, column: str, rule: str) -> None:
    """Ruling D-4."""
    rows = [{"name": name, "value": default, "meaning": ""} for name, default in SETTING_DEFAULTS.items()]
    changed = [row | ({"value": value} if row["name"] == setting else {}) for row in rows]
    settings = [dict(row) for row in reference_with().tables["setting"] if row["name"] not in SETTING_DEFAULTS]
    reference = reference_with(setting=[*settings, *changed])
    assert (rule, "B", at("Savings", column)) in told(judged(good_return(), data=reference))


# What else spreadsheets do to a file: its bytes, and the one line that is said.
UNREADABLE = {
    "semicolons": (
        lambda text: text.replace(",", ";").encode(),
        "line 1: the cells are separated by semicolons, not by commas. Save the file as CSV UTF-8 with commas.",
    ),
    "tabs": (
        lambda text: text.replace(",", "\t").encode(),
        "line 1: the cells are separated by tabs, not by commas. Save the file as CSV UTF-8 with commas.",
    ),
    "Windows' own characters": (
        lambda text: text.replace("Pothole", "Café").encode("cp1252"),
        "line 2: the text is not UTF-8. Save the file as CSV UTF-8.",
    ),
    "Unicode Text": (
        lambda text: text.encode("utf-16"),
        "line 1: the text is not UTF-8. Save the file as CSV UTF-8.",
    ),
    "a year that became a date": (
        lambda text: text.replace("2021/22", "Nov-10").encode(),
        "line 2, plan_year: 'Nov-10' cannot be read as financial year. "
        "Write the year as 2026/27, the second part one more than the first.",
    ),
    "zeros that went": (
        lambda text: text.replace("AH-21-001", "1").encode(),
        r"line 2, saving_ref: '1' does not look like ^(AH|CH|PL|CO)-\d{2}-\d{3}$. "
        "Correct it, or saving_ref_pattern in setting.csv.",
    ),
    "pounds as they are shown": (
        lambda text: text.replace(",100,", ',"£1,234,567.00",').encode(),
        "line 2, baseline_gbp: '£1,234,567.00' cannot be read as money. "
        "Write pounds with at most two decimals, without £ and commas, as 2393000 or 2393000.50.",
    ),
}


@pytest.mark.parametrize(("spoil", "said"), UNREADABLE.values(), ids=list(UNREADABLE))
def test_what_a_spreadsheet_did_that_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, spoil: Callable[[str], bytes], said: str
) -> None:
    """Ruling D-4."""
    folder = copy_of_bundled(tmp_path)
    plan = folder / "approved_plan.csv"
    header = plan.read_text("utf-8").splitlines()[0]
    plan.write_bytes(spoil(f"{header}\nAH-21-001,2021/22,AH,true,100,Pothole budget\n"))
    assert causes(problems_of(folder)) == [f"approved_plan.csv, {said}"]
