"""Receipts: what an officer reads, and that nothing typed into a file does anything on the page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sources.clock import fixed_clock
from sources.contract.template import SAVINGS
from sources.custody.ledger import Ledger
from sources.intake import lines
from sources.judging.findings import Finding, Severity
from sources.receipts.receipt import receipt_path, write_missing_receipts, write_receipt
from sources.receipts.receipt_words import moment, printable
from tests.homes import decide, fresh_home, send

TBC = Finding(
    "D09",
    Severity.BLOCK,
    "Savings!M7: TBC is not a number. You entered 'TBC'. Enter your best estimate.",
    "Savings",
    "M7",
    "projected_gbp",
    "TBC",
)


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def page_of(home, ledger, submission):
    return write_receipt(home, ledger, submission).read_text(encoding="utf-8")


def saving(row, ref, baseline, projected):
    values = {column.name: None for column in SAVINGS.columns} | {
        "source_sheet": "Savings",
        "source_row": row,
        "saving_ref": ref,
        "plan_year": "2021/22",
        "start_date": date(2021, 4, 1),
        "baseline_gbp": Decimal(baseline),
        "projected_gbp": Decimal(projected),
        "is_deferred_not_applicable": False,
    }
    return values | {"row_hash": lines.row_hash(SAVINGS, values)}


def accept(home, ledger, findings=(), **payload):
    submission = send(ledger)
    rows = [saving(2, "AH-21-001", "100.00", "60.50"), saving(3, "AH-21-099", "40", "40")]
    lines.write_lines(home, submission.submission_id, {"savings_line": rows})
    usual = {
        "lines": submission.submission_id,
        "lines_sha256": lines.lines_sha256(home, submission.submission_id),
        "rows_read": 2,
        "rows_quarantined": len(findings),
        "fields": {"control_row_count": 2, "control_baseline": "140.00", "control_projected": "101.00"},
    }
    return decide(ledger, submission, "accepted", findings=tuple(findings), **(usual | payload))


def test_a_blocked_file_has_every_finding_with_its_cell(home, ledger):
    page = page_of(home, ledger, decide(ledger, send(ledger), "blocked", findings=(TBC,)))
    for part in ("Not accepted", "1 point to mend", "<caption>Savings</caption>", "<td>M7</td>", "<td>TBC</td>"):
        assert part in page
    assert "Enter your best estimate." in page
    assert "Must be mended" in page


def test_a_receipt_names_its_file_and_its_place_in_the_chain(home, ledger):
    # F-F14.
    submission = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    page = page_of(home, ledger, submission)
    assert submission.file_sha256 in page
    assert f"{submission.judged_seq}, SHA-256 {ledger.vault.event_sha256(submission.judged_seq)}" in page


def test_receipts_lie_in_the_senders_own_folder_under_the_verdicts_number(home, ledger):
    blocked = decide(ledger, send(ledger), "blocked")
    unread = decide(ledger, send(ledger, "CH", b"broken"), "refused", None, None)
    assert write_receipt(home, ledger, blocked) == home.receipts / "AH" / "000002_2021-22_P06_v1.html"
    assert write_receipt(home, ledger, unread) == home.receipts / "CH" / "000004_unread.html"


def test_a_file_that_lay_in_no_folder_has_its_receipt_beside_the_folders(home, ledger):
    stray = decide(ledger, send(ledger, ""), "refused", None, None)
    assert receipt_path(home, stray).parent == home.receipts


def test_a_file_without_a_verdict_has_no_receipt(home, ledger):
    with pytest.raises(ValueError, match="has no verdict yet"):
        receipt_path(home, send(ledger))


def test_an_accepted_file_has_its_totals_beside_what_was_read(home, ledger):
    page = page_of(home, ledger, accept(home, ledger))
    assert "<h1>Accepted</h1>" in page
    assert '<th scope="row">Baseline</th><td class="amount">£140</td><td class="amount">£140</td>' in page
    projected = '<td class="amount">£101</td><td class="amount">£100.50</td><td class="amount">-£0.50</td>'
    assert f'<th scope="row">Projected</th>{projected}' in page
    assert '<th scope="row">Achieved to date</th><td class="amount">not given</td>' in page


def test_quarantined_lines_are_listed_with_their_amounts(home, ledger):
    # R33.
    finding = Finding("D28", Severity.WARN, "Savings!A3: not registered.", "Savings", "A3", "saving_ref", "AH-21-099")
    page = page_of(home, ledger, accept(home, ledger, [finding]))
    _, listed = page.split("Lines set apart")
    assert "AH-21-099" in listed
    assert "£40" in listed
    assert "AH-21-001" not in listed


def test_a_certified_return_that_cannot_be_so_says_it_in_its_heading(home, ledger):
    # R02.
    finding = Finding("D52", Severity.CERTIFY, "Return!B20: no sign-off.", "Return", "B20")
    fields = {"status": "Certified", "control_row_count": 2}
    page = page_of(home, ledger, accept(home, ledger, [finding], fields=fields, certification="Provisional"))
    assert "<h1>Accepted as provisional: NOT CERTIFIED</h1>" in page


def test_a_certified_return_that_is_so_says_nothing_of_the_kind(home, ledger):
    fields = {"status": "Certified", "control_row_count": 2}
    assert "NOT CERTIFIED" not in page_of(home, ledger, accept(home, ledger, fields=fields, certification="Certified"))


def test_a_duplicate_says_when_it_was_received_and_repeats_what_was_decided(home, ledger):
    # F-B21.
    original = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    again = decide(ledger, send(ledger), "duplicate", None, None, duplicate_of=original.submission_id)
    page = page_of(home, ledger, again)
    assert "The same file was received on 12 October 2021, 13:00" in page
    assert "<td>M7</td>" in page


def test_what_was_typed_is_shown_and_never_run(home, ledger):
    # F-C26, F-C27.
    hostile = "<script>alert(1)</script>{{ 7*7 }}{% raw %}"
    finding = Finding("D09", Severity.BLOCK, hostile, hostile, "A1", hostile, hostile)
    page = page_of(home, ledger, decide(ledger, send(ledger, name=hostile), "blocked", findings=(finding,)))
    assert "<script" not in page
    assert "{{ 7*7 }}{% raw %}" in page
    assert "49" not in page.split("<main>")[1].split("SHA-256 of the file")[0]


def test_what_cannot_be_seen_is_spelled_out(home, ledger):
    # F-C24.
    page = page_of(home, ledger, decide(ledger, send(ledger, name="\u202exslx.\u200bname\n"), "refused", None, None))
    assert not {"\u202e", "\u200b"} & set(page)
    assert r"\u{202e}xslx.\u{200b}name\u{a}" in page


def test_printable_text_is_left_as_it_is():
    assert printable("Ünïcode \u2013 £5") == "Ünïcode \u2013 £5"
    assert printable(12) == 12


def test_a_page_asks_for_nothing_from_outside(home, ledger):
    page = page_of(home, ledger, decide(ledger, send(ledger), "blocked", findings=(TBC,)))
    assert [word for word in ("http", "src=", "@import", "url(", "<link", "<script") if word in page] == []
    assert '<html lang="en-GB">' in page


def test_times_are_londons():
    assert moment(datetime(2021, 10, 12, 12, tzinfo=UTC)) == "12 October 2021, 13:00"
    assert moment(datetime(2021, 12, 1, 9, 5, tzinfo=UTC)) == "1 December 2021, 09:05"


def test_a_missing_receipt_is_written_once_and_others_are_left_alone(home, ledger):
    # F-D03.
    first = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    second = decide(ledger, send(ledger, "CH"), "blocked", clock=fixed_clock(datetime(2021, 10, 13, tzinfo=UTC)))
    written = write_receipt(home, ledger, first)
    written.write_text("as it was")
    (home.receipts / "AH" / ".half.html.99.tmp").write_text("half")
    send(ledger, "PL")
    assert write_missing_receipts(home, ledger) == [receipt_path(home, second)]
    assert write_missing_receipts(home, ledger) == []
    assert written.read_text() == "as it was"
    assert sorted(path.name for path in home.receipts.rglob("*") if path.is_file()) == [
        "000002_2021-22_P06_v1.html",
        "000004_2021-22_P06_v1.html",
    ]
