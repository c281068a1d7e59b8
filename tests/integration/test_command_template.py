"""`savings template`: a workbook that is accepted once it is filled in, and says what is missing until then."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.submission import Submission
from sources.findings.findings import Severity, Verdict
from sources.home import Home
from sources.intake import intake
from sources.intake.preview import preview
from sources.lines.line_files import read_sheet
from sources.reference.reference import bundled_reference, read_reference
from sources.samples.published import SAMPLES
from sources.template.declaration import CONTROL_TOTALS, SAVINGS
from tests.edited_returns import at, with_cells
from tests.headings import rows_of
from tests.homes import drop, fresh_home, tree_of

IN_TIME = fixed_clock(datetime(2021, 11, 10, 9, tzinfo=UTC))
PREPARED = {
    "Return!prepared_by": "Business support officer",
    "Return!prepared_by_email": "returns@dorset.example",
    "Return!prepared_date": "2021-11-09",
}
# All that a period has to say anew where nothing else has changed.
ANSWERED = ("achieved_to_date_gbp", "projected_gbp")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that has the three samples in force."""
    home = fresh_home(tmp_path_factory.mktemp("samples") / "home")
    reference = read_reference(bundled_reference())
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference, ledger, IN_TIME, SAMPLES / "history.csv")
        intake.take_in_history(SAMPLES / "history.csv", home, ledger, reference)
    return home


def template(home: Path, target: Path, *more: str, directorate: str = "AH", period: str = "P07"):
    asked = ["--directorate", directorate, "--year", "2021/22", "--period", period, "-o", str(target), *more]
    return CliRunner().invoke(app, ["template", *asked], env={"SAVINGS_HOME": str(home)})


def looked_at(file: Path, home: Home):
    """Return the file as it would stand after a load in November 2021."""
    with LedgerView.of(home) as ledger:
        return preview(file, None, home, ledger, read_reference(bundled_reference()), IN_TIME).submission


def in_force(home: Home, directorate: str) -> list[dict[str, Any]]:
    """Return the lines that a directorate has in force."""
    with LedgerView.of(home) as ledger:
        (submission_id,) = [one for one in ledger.ids_in_force() if one.startswith(directorate)]
    return read_sheet(home, SAVINGS, submission_id).to_pylist()


def totals(rows: list[dict[str, Any]]) -> dict[str, object]:
    """Return what the Return sheet's formulas come to once the rows are as they are now."""
    return {f"Return!{label}": sum(row[name] for row in rows) for label, name in CONTROL_TOTALS.items()}


def answers(home: Home, directorate: str) -> dict[str, object]:
    """Return what an officer fills in who has nothing new to report but a hundred pounds achieved."""
    rows = in_force(home, directorate)
    for row in rows:
        row["achieved_to_date_gbp"] += 100 if row["projected_gbp"] else 0
    cells = {at("Savings", name, number): row[name] for number, row in enumerate(rows, start=2) for name in ANSWERED}
    return {**PREPARED, **cells, **totals(rows)}


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_a_new_period_is_accepted_once_two_columns_are_filled_in(home: Home, tmp_path: Path, directorate: str):
    """Ruling A5: what was sent is not typed again, and a return that is brought up to date raises no D70."""
    file = tmp_path / "return.xlsx"
    assert template(home.root, file, directorate=directorate).exit_code == Exit.DONE
    file.write_bytes(with_cells(file.read_bytes(), answers(home, directorate)))
    submission = looked_at(file, home)
    assert submission.state.value == Verdict.ACCEPTED, [finding.message for finding in submission.findings]
    assert (submission.reporting_period, submission.version_no) == ("P07", 1)
    assert submission.count(Severity.BLOCK) == submission.count(Severity.HOLD) == 0
    assert submission.rows_quarantined == 0
    assert "D70" not in {finding.rule for finding in submission.findings}


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_a_period_that_was_sent_is_accepted_again_once_one_cell_is_corrected(
    home: Home, tmp_path: Path, directorate: str
):
    """Ruling A5: nothing is typed but the one figure, and who prepared it."""
    file, sent = tmp_path / "return.xlsx", in_force(home, directorate)
    assert template(home.root, file, directorate=directorate, period="P06").exit_code == Exit.DONE
    sent[0]["achieved_to_date_gbp"] += 100
    corrected = {at("Savings", "achieved_to_date_gbp"): sent[0]["achieved_to_date_gbp"]}
    file.write_bytes(with_cells(file.read_bytes(), {**PREPARED, **corrected, **totals(sent)}))
    again = Home.at(Path(shutil.copytree(home.root, tmp_path / "home", symlinks=True)))
    submission = loaded(file, again, directorate)
    assert submission.state.value == Verdict.ACCEPTED, [finding.message for finding in submission.findings]
    assert (submission.version_no, submission.fields["return_type"]) == (2, "Resubmission")
    said = [{name: row[name] for name in row if name != "row_hash"} for row in in_force(again, directorate)]
    assert said == [{name: row[name] for name in row if name != "row_hash"} for row in sent]


def loaded(file: Path, home: Home, directorate: str) -> Submission:
    """Put a file into its folder and take it in; return what became of it."""
    drop(home, directorate, file.name, file.read_bytes())
    with Ledger.open(home) as ledger:
        (submission_id,) = intake.receive(home, ledger, IN_TIME)
        intake.judge_waiting(home, ledger, read_reference(bundled_reference()), IN_TIME)
        return ledger.submission(submission_id)


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_a_template_as_it_comes_is_blocked_by_its_missing_cells_alone(home: Home, tmp_path: Path, directorate: str):
    file = tmp_path / "return.xlsx"
    template(home.root, file, directorate=directorate)
    submission = looked_at(file, home)
    assert submission.state.value == Verdict.BLOCKED
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    blocks = [finding for finding in submission.findings if finding.severity is Severity.BLOCK]
    filled = [finding for finding in blocks if book[finding.sheet][finding.cell].value is not None]
    assert filled == []
    assert {finding.column for finding in blocks} == {
        "prepared_by",
        "prepared_by_email",
        "prepared_date",
        "achieved_to_date_gbp",
        "projected_gbp",
    }


def test_the_amounts_of_the_last_period_stand_next_to_the_new_ones(home: Home, tmp_path: Path):
    file = tmp_path / "return.xlsx"
    template(home.root, file, directorate="PL")
    rows = rows_of(openpyxl.load_workbook(file), "Savings")
    assert [(row["saving_ref"], row["achieved_last_period_gbp"], row["projected_last_period_gbp"]) for row in rows] == [
        (row["saving_ref"], row["achieved_to_date_gbp"], row["projected_gbp"]) for row in in_force(home, "PL")
    ]


def test_what_is_carried_looks_different_from_what_is_to_be_typed_and_says_so(home: Home, tmp_path: Path):
    """Ruling A5: carried and marked as carried."""
    new, correct = tmp_path / "new.xlsx", tmp_path / "correct.xlsx"
    template(home.root, new, directorate="PL")
    template(home.root, correct, directorate="PL", period="P06")
    marked = {file: carried_cells(file) for file in (new, correct)}
    assert {at("Savings", "deferred_gbp", 3), at("Savings", "rag", 2)} <= marked[new]
    assert not {at("Savings", "baseline_gbp"), at("Savings", "projected_gbp")} & marked[new]
    assert marked[correct] == set()
    said = " ".join(str(row[0]) for row in openpyxl.load_workbook(new)["Start"].iter_rows(values_only=True))
    assert "Cells in grey italics are carried from P06" in said


def carried_cells(file: Path) -> set[str]:
    rows = openpyxl.load_workbook(file)["Savings"].iter_rows()
    return {f"Savings!{cell.coordinate}" for row in rows for cell in row if cell.value is not None and cell.font.i}


def test_it_says_what_it_was_filled_from_and_changes_nothing_in_the_home(home: Home, tmp_path: Path):
    before = tree_of(home.root)
    done = template(home.root, tmp_path / "return.xlsx", "--json", period="P06")
    assert json.loads(done.stdout) == {
        "file": str(tmp_path / "return.xlsx"),
        "lines": 5,
        "return_type": "Resubmission",
        "supersedes_version": 1,
    }
    assert "your return for P06 of 2021/22 (version 1)" in template(home.root, tmp_path / "other.xlsx").stdout
    assert tree_of(home.root) == before


def test_without_a_warehouse_it_is_filled_from_the_plan_and_none_is_made(tmp_path: Path):
    done = template(tmp_path / "none", tmp_path / "return.xlsx")
    assert done.exit_code == Exit.DONE
    assert "You have sent no return before" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["return.xlsx"]


def test_a_file_that_is_there_is_written_over_only_when_that_is_said(home: Home, tmp_path: Path):
    file = tmp_path / "return.xlsx"
    file.write_bytes(b"an officer's work")
    refused = template(home.root, file)
    assert (refused.exit_code, file.read_bytes()) == (Exit.WRONG_USE, b"an officer's work")
    assert "add --force to write over it" in refused.stderr
    assert template(home.root, file, "--force").exit_code == Exit.DONE
    assert openpyxl.load_workbook(file).sheetnames[0] == "Start"


def test_a_wrong_period_is_wrong_use_and_says_which_there_are(home: Home, tmp_path: Path):
    refused = template(home.root, tmp_path / "return.xlsx", period="P01")
    assert refused.exit_code == Exit.WRONG_USE
    assert "Choose from P06, P07, P08, P09, P10, P11, P12, P13" in refused.stderr


def all_due(home: Home, folder: Path, *more: str):
    """Ask for all that is due on 20 November 2021: P07 is overdue, P08 is next, P06 was sent."""
    return CliRunner().invoke(
        app, ["template", "--all", "-o", str(folder), *more], env={"SAVINGS_HOME": str(home.root)}
    )


@pytest.fixture
def on_20_november(monkeypatch: pytest.MonkeyPatch) -> None:
    now = fixed_clock(datetime(2021, 11, 20, 12, tzinfo=UTC))
    monkeypatch.setattr("orchestration.commands.templates.system_clock", now)


@pytest.mark.usefixtures("on_20_november")
def test_all_that_is_due_is_laid_out_by_directorate(home: Home, tmp_path: Path):
    """Ruling A9: what is overdue, what is due next, and what was sent last, for correcting."""
    done = all_due(home, tmp_path / "due")
    assert done.exit_code == Exit.DONE, done.stderr
    written = sorted(path.relative_to(tmp_path / "due").as_posix() for path in (tmp_path / "due").rglob("*.xlsx"))
    assert written == [
        f"{code}/TRR_{code}_2021-22_{period}_v{version}.xlsx"
        for code in ("AH", "CH", "PL")
        for period, version in (("P06", 2), ("P07", 1), ("P08", 1))
    ]
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert lines[1] == "From Period Why Due on File"
    assert lines[2].startswith("AH 2021/22 P07 overdue 15/11/2021 ")
    assert lines[4].startswith("AH 2021/22 P06 to correct what you sent last 15/10/2021 ")
    submission = looked_at(tmp_path / "due" / "PL" / "TRR_PL_2021-22_P06_v2.xlsx", home)
    assert {finding.column for finding in submission.findings if finding.severity is Severity.BLOCK} == {
        "prepared_by",
        "prepared_by_email",
        "prepared_date",
    }


@pytest.mark.usefixtures("on_20_november")
def test_nothing_is_written_where_one_file_would_be_written_over(home: Home, tmp_path: Path):
    mine = tmp_path / "PL" / "TRR_PL_2021-22_P07_v1.xlsx"
    mine.parent.mkdir()
    mine.write_bytes(b"an officer's work")
    refused = all_due(home, tmp_path, "--directorate", "PL")
    assert (refused.exit_code, [*tmp_path.rglob("*.xlsx")]) == (Exit.WRONG_USE, [mine])
    assert f"{mine}: already there. Choose another place with -o, or add --force to write over it." in refused.stderr
    done = all_due(home, tmp_path, "--directorate", "PL", "--force", "--json")
    assert [(each["why"], each["due_date"]) for each in json.loads(done.stdout)] == [
        ("overdue", "2021-11-15"),
        ("due next", "2021-12-15"),
        ("to correct what you sent last", "2021-10-15"),
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["PL"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--year", "2021/22", "-o", "AH.xlsx"], "--directorate, --year and --period. Or add --all"),
        (["--all", "-o", "due", "--directorate", "XX"], "Nothing is due from 'XX'. Choose from AH, CH, PL."),
        (["--directorate", "AH", "--year", "2021/22", "--period", "P07", "-o", "."], "Name the workbook to write"),
    ],
)
def test_wrong_use_is_said_with_what_to_type_instead(home: Home, arguments: list[str], says: str):
    refused = CliRunner().invoke(app, ["template", *arguments], env={"SAVINGS_HOME": str(home.root)})
    assert (refused.exit_code, says in refused.stderr) == (Exit.WRONG_USE, True), refused.stderr
