"""An officer's view of the receipts of real workbooks: what they say is enough to mend a file in one go."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.findings.findings import Severity
from sources.home import Home
from sources.intake import intake
from sources.intake.rebuild import rebuild
from sources.receipts.receipt_words import effect
from sources.reference.reference import Reference, bundled_reference, read_reference
from sources.template.declaration import RETURN_FIELDS, heading
from tests.edited_returns import at, edited, sample_path
from tests.homes import drop, fresh_home
from tests.html_structure import problems_of
from tests.invariants import assert_nothing_lost

LATER = fixed_clock(datetime(2021, 10, 12, 17, tzinfo=UTC))
RETURN = sample_path("PL").read_bytes()
# Each of another check: a date to come, the unit, an address, a reference, a year, a word of a list,
# an amount, one that is negative, a status, and a year that is no later one.
DEFECTS = {
    "Return!prepared_date": "31/12/2021",
    "Return!value_unit": "£k",
    "Return!prepared_by_email": "finance.officer@elsewhere.example",
    at("Savings", "project_ref"): "PRJ-1",
    at("Savings", "plan_year", 3): "FY22",
    at("Savings", "benefit_type", 3): "Efficiencies",
    at("Savings", "projected_gbp"): "TBC",
    at("Savings", "rag", 4): "Greenish",
    at("Savings", "deferred_to_year", 5): "2020/21",
}


@pytest.fixture(scope="module")
def reference() -> Reference:
    return read_reference(bundled_reference())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh_home(tmp_path / "home")


@pytest.fixture
def ledger(home: Home, reference: Reference) -> Iterator[Ledger]:
    with Ledger.open(home) as opened:
        intake.adopt_reference(reference, opened, LATER)
        yield opened


def take_in(home: Home, ledger: Ledger, reference: Reference, data: bytes, folder: str = "PL") -> intake.Outcome:
    drop(home, folder, "return.xlsx", data)
    intake.receive(home, ledger, LATER)
    (outcome,) = intake.judge_waiting(home, ledger, reference, LATER)
    return outcome


def workbook(outcome: intake.Outcome) -> openpyxl.Workbook:
    return openpyxl.load_workbook(outcome.receipt.with_suffix(".xlsx"))


LABELS = {field.heading: field.name for field in RETURN_FIELDS}


def cells_to_mend(receipt: openpyxl.Workbook, effects: Container[str] = (effect(Severity.BLOCK),)) -> set[str]:
    """Return each cell that the receipt says must be mended; of the Return sheet, its label."""
    rows = receipt["Findings"].iter_rows(min_row=2, values_only=True)
    return {
        f"{sheet}!{LABELS[column] if sheet == 'Return' else cell}"
        for what, sheet, cell, column, *_ in rows
        if what in effects and cell
    }


def file_to_send(receipt: openpyxl.Workbook) -> dict[str, str | int]:
    """Return the values of the Return sheet that the receipt asks for."""
    told = dict(receipt["Receipt"].iter_rows(values_only=True))
    version = told[f"{heading('Return', 'supersedes_version')} on the Return sheet"]
    changes: dict[str, str | int] = {
        "Return!return_type": told[f"{heading('Return', 'return_type')} on the Return sheet"]
    }
    return changes | ({"Return!supersedes_version": int(version)} if version.isdecimal() else {})


@pytest.mark.parametrize("is_first", [True, False], ids=["the_first_return", "a_return_in_force_already"])
def test_given_only_the_receipt_a_file_is_mended_in_one_go(
    home: Home, ledger: Ledger, reference: Reference, is_first: bool
):
    """The officer puts right the cells that are named, and those alone; the mended file is accepted."""
    if not is_first:
        assert take_in(home, ledger, reference, RETURN).verdict.value == "accepted"
    blocked = take_in(home, ledger, reference, edited("PL", DEFECTS))
    assert blocked.verdict.value == "blocked"
    receipt = workbook(blocked)
    named = cells_to_mend(receipt)
    versions = set() if is_first else {"Return!return_type", "Return!supersedes_version"}
    assert named == DEFECTS.keys() | versions
    left = {cell: value for cell, value in DEFECTS.items() if cell not in named}
    # A note beside a line, so that it is not the very file that is in force already.
    mended = edited(
        "PL", left | file_to_send(receipt) | {at("Savings", "saving_title"): "Planning convergence, brought up to date"}
    )
    assert take_in(home, ledger, reference, mended).verdict.value == "accepted"
    assert_nothing_lost(home)


# What an officer types on one tired evening, and what they type once the receipt has said what is wrong.
SEVENTEEN: dict[str, tuple[str, str | int]] = {
    at("Savings", "achieved_to_date_gbp", 2): ("1.1m", 45_250),
    at("Savings", "projected_gbp", 2): ("TBC", 120_500),
    at("Savings", "baseline_gbp", 2): ("'£780,000", 780_000),
    at("Savings", "achieved_to_date_gbp", 4): ("n/a", 118_400),
    at("Savings", "projected_gbp", 4): ("-250,000", 250_000),
    at("Savings", "plan_year", 3): ("2022-23", "2021/22"),
    at("Savings", "deferred_to_year", 2): ("", "2022/23"),
    at("Savings", "rag", 4): ("Amber/Red", "Amber"),
    at("Savings", "rag", 3): ("amber ", "Amber"),
    at("Savings", "benefit_type", 3): ("Efficiencies", "Efficiency"),
    at("Savings", "project_ref", 2): ("PRJ-1", "PRJ-0301"),
    at("Savings", "saving_ref", 7): ("Total", ""),
    at("Savings", "saving_title", 9): ("To be discussed with finance", ""),
    "Return!reporting_period": ("7", "P06"),
    "Return!value_unit": ("£k", "GBP"),
    "Return!prepared_date": ("31/12/2021", "11/10/2021"),
}


def typed_over(cells: Mapping[str, str | int]) -> bytes:
    """Return the sample as values, with what was typed and the seventeenth mistake: a sheet of one's own."""
    book, buffer = openpyxl.load_workbook(sample_path("PL"), data_only=True), BytesIO()
    book.create_sheet("My workings")["A1"] = 510_500
    for address, value in cells.items():
        sheet, _, cell = address.partition("!")
        book[sheet][at(sheet, cell).partition("!")[2] if sheet == "Return" else cell] = value
    book.save(buffer)
    return buffer.getvalue()


def test_seventeen_human_mistakes_are_corrected_in_two_rounds_from_the_receipt_alone(
    home: Home, ledger: Ledger, reference: Reference
):
    """Issue 9: only cells that a receipt names are corrected; what is not named stays as it was typed."""
    typed = {cell: wrong for cell, (wrong, _) in SEVENTEEN.items()}
    outcome = take_in(home, ledger, reference, typed_over(typed))
    assert outcome.verdict.value == "blocked"
    rounds = 0
    while outcome.verdict.value == "blocked":
        rounds += 1
        receipt = workbook(outcome)
        named = cells_to_mend(receipt, (effect(Severity.BLOCK), effect(Severity.WARN)))
        typed |= {cell: right for cell, (_, right) in SEVENTEEN.items() if cell in named}
        typed |= {} if "Return!reporting_period" in named else file_to_send(receipt)
        assert rounds <= 2, named
        outcome = take_in(home, ledger, reference, typed_over(typed))
    assert outcome.verdict.value == "accepted"


def test_each_cell_that_is_named_is_marked_on_the_copy(home: Home, ledger: Ledger, reference: Reference):
    receipt = workbook(take_in(home, ledger, reference, edited("PL", DEFECTS)))
    for row in receipt["Findings"].iter_rows(min_row=2):
        what, sheet, cell, _, _, message, _ = (each.value for each in row)
        assert row[2].hyperlink.location == f"'{sheet}'!{cell}"
        assert what in receipt[sheet][cell].comment.text
        assert message in receipt[sheet][cell].comment.text
    for address, value in DEFECTS.items():
        sheet, _, cell = address.partition("!")
        if sheet == "Savings":
            assert receipt[sheet][cell].value == value


def test_both_forms_are_the_same_when_they_are_written_again_from_the_vault(
    home: Home, ledger: Ledger, reference: Reference
):
    """F-D32: accepted, blocked and another folder's, each as it was, whatever came later."""
    resubmitted = {"Return!return_type": "Resubmission", "Return!supersedes_version": 1}
    for folder, data in (
        ("PL", RETURN),
        ("PL", edited("PL", DEFECTS)),
        ("CH", RETURN),
        ("PL", edited("PL", resubmitted)),
        ("CH", b"no workbook"),
    ):
        take_in(home, ledger, reference, data, folder)
    written = {path: path.read_bytes() for path in home.desk.rglob("receipts/*.*")}
    assert len(written) == 10
    for path in written:
        path.unlink()
    assert rebuild(home).receipts == 10
    assert {path: path.read_bytes() for path in home.desk.rglob("receipts/*.*")} == written
    assert [problems_of(data.decode()) for path, data in written.items() if path.suffix == ".html"] == [[]] * 5


def test_what_was_put_into_another_folder_tells_that_folder_no_figure(home: Home, ledger: Ledger, reference: Reference):
    """F-F12."""
    take_in(home, ledger, reference, RETURN)
    stray = take_in(home, ledger, reference, RETURN, "CH")
    page, receipt = stray.receipt.read_text(encoding="utf-8"), workbook(stray)
    assert stray.receipt.parent == home.desk / "CH" / "receipts"
    assert "put into another directorate" in page
    assert receipt.sheetnames == ["Receipt", "Findings"]
    told = page.split("<main>")[1] + str([list(sheet.iter_rows(values_only=True)) for sheet in receipt])
    assert [each for each in ("120,500", "120500", "PL-21-001", "£") if each in told] == []


def test_a_receipt_whose_bytes_are_damaged_tells_what_was_found_without_a_copy(
    home: Home, ledger: Ledger, reference: Reference
):
    blocked = take_in(home, ledger, reference, edited("PL", DEFECTS))
    blocked.receipt.with_suffix(".xlsx").unlink()
    spoilt = ledger.vault.path_of(blocked.submission.file_sha256)
    spoilt.chmod(0o640)
    spoilt.write_bytes(b"?")
    intake.judge_waiting(home, ledger, reference, LATER)
    assert workbook(blocked).sheetnames == ["Receipt", "Findings"]
    assert cells_to_mend(workbook(blocked)) == DEFECTS.keys()
