"""`savings template`: a workbook that is accepted once it is filled in, and says what is missing until then."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from sources.clock import fixed_clock
from sources.custody.ledger import Ledger, LedgerView
from sources.findings.findings import Severity, Verdict
from sources.home import Home
from sources.intake import intake
from sources.intake.preview import preview
from sources.lines.line_files import read_sheet
from sources.reference.reference import bundled_reference, read_reference
from sources.samples.published import SAMPLES
from sources.template.declaration import CONTROL_TOTALS, SAVINGS
from tests.edited_returns import with_cells
from tests.homes import fresh_home, tree_of
from tests.returns import place_of

IN_TIME = fixed_clock(datetime(2021, 11, 10, 9, tzinfo=UTC))
PREPARED = {
    "Return!prepared_by": "Business support officer",
    "Return!prepared_by_email": "returns@dorset.example",
    "Return!prepared_date": "2021-11-09",
}
ANSWERED = (
    "full_year_effect_gbp",
    "achieved_to_date_gbp",
    "projected_gbp",
    "deferred_gbp",
    "deferred_to_year",
    "status",
    "rag",
    "variance_explanation",
)


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


def answers(home: Home, directorate: str) -> dict[str, object]:
    """Return what an officer fills in who has nothing new to report but a hundred pounds achieved."""
    with LedgerView.of(home) as ledger:
        (submission_id,) = [one for one in ledger.ids_in_force() if one.startswith(directorate)]
    rows = read_sheet(home, SAVINGS, submission_id).to_pylist()
    cells: dict[str, object] = dict(PREPARED)
    for number, row in enumerate(rows, start=2):
        row["achieved_to_date_gbp"] += 100 if row["projected_gbp"] else 0
        cells |= {
            f"Savings!{place_of('Savings', name, number)}": row[name] for name in ANSWERED if row[name] is not None
        }
    totals = {f"Return!{label}": sum(row[name] for row in rows) for label, name in CONTROL_TOTALS.items()}
    return cells | totals


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_a_template_that_is_filled_in_is_accepted(home: Home, tmp_path: Path, directorate: str):
    file = tmp_path / "return.xlsx"
    assert template(home.root, file, directorate=directorate).exit_code == Exit.DONE
    file.write_bytes(with_cells(file.read_bytes(), answers(home, directorate)))
    submission = looked_at(file, home)
    assert submission.state.value == Verdict.ACCEPTED, [finding.message for finding in submission.findings]
    assert (submission.reporting_period, submission.version_no) == ("P07", 1)
    assert submission.count(Severity.BLOCK) == submission.count(Severity.HOLD) == 0
    assert submission.rows_quarantined == 0


@pytest.mark.parametrize("directorate", ["AH", "CH", "PL"])
def test_a_template_as_it_comes_is_blocked_by_its_missing_cells_alone(home: Home, tmp_path: Path, directorate: str):
    file = tmp_path / "return.xlsx"
    template(home.root, file, directorate=directorate)
    submission = looked_at(file, home)
    assert submission.state.value == Verdict.BLOCKED
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    blocks = [finding for finding in submission.findings if finding.severity is Severity.BLOCK]
    filled = {
        (finding.column, finding.cell) for finding in blocks if book[finding.sheet][finding.cell].value is not None
    }
    # PL-21-004 starts after its plan year, which is right once its deferral is entered again.
    assert filled == ({("start_date", "I5")} if directorate == "PL" else set())
    assert {finding.column for finding in blocks} - {"start_date"} == {
        "prepared_by",
        "prepared_by_email",
        "prepared_date",
        "achieved_to_date_gbp",
        "projected_gbp",
        "status",
        "rag",
        "full_year_effect_gbp",
    }


def test_the_projection_of_the_last_period_stands_beside_the_new_one(home: Home, tmp_path: Path):
    file = tmp_path / "return.xlsx"
    template(home.root, file, directorate="PL")
    rows = list(openpyxl.load_workbook(file)["Savings"].iter_rows(values_only=True, max_row=5))
    beside = rows[0].index("projected_last_period_gbp")
    assert [(row[0], row[beside]) for row in rows[1:]] == [
        ("PL-21-001", 120_500),
        ("PL-21-002", 140_000),
        ("PL-21-003", 250_000),
        ("PL-21-004", 0),
    ]


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
    assert "no earlier return is in force" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["return.xlsx"]


def test_a_file_that_is_there_is_written_over_only_when_that_is_said(home: Home, tmp_path: Path):
    file = tmp_path / "return.xlsx"
    file.write_bytes(b"an officer's work")
    refused = template(home.root, file)
    assert (refused.exit_code, file.read_bytes()) == (Exit.WRONG_USE, b"an officer's work")
    assert "say --force" in refused.stderr
    assert template(home.root, file, "--force").exit_code == Exit.DONE
    assert openpyxl.load_workbook(file).sheetnames[0] == "Return"


def test_a_wrong_period_is_wrong_use_and_says_which_there_are(home: Home, tmp_path: Path):
    refused = template(home.root, tmp_path / "return.xlsx", period="P01")
    assert refused.exit_code == Exit.WRONG_USE
    assert "Choose from P06, P07, P08, P09, P10, P11, P12, P13" in refused.stderr
