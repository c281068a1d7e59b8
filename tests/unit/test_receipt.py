"""Receipts: what an officer reads, and that nothing typed into a file does anything on the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from sources.clock import fixed_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import ReferenceAdopted
from sources.findings.findings import Finding, Severity, WhoActs
from sources.lines import line_files as lines
from sources.receipts.receipt import receipt_path, write_missing_receipts, write_receipt
from sources.receipts.receipt_words import moment, printable
from sources.template.declaration import SAVINGS
from tests.homes import NOON, REFERENCE, decide, fresh_home, send
from tests.html_structure import problems_of, text_of

TBC = Finding(
    "D09",
    Severity.BLOCK,
    "Savings!M7: TBC is not a number. You entered 'TBC'. Enter your best estimate.",
    "Savings",
    "M7",
    "projected_gbp",
    "TBC",
    heading="Projected saving (£)",
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


def accept(home, ledger, findings=(), data=b"a return", **payload):
    submission = send(ledger, data=data)
    rows = [saving(2, "AH-21-001", "100.00", "60.50"), saving(3, "AH-21-099", "40", "40")]
    lines.write_lines(home, submission.submission_id, {"savings_line": rows})
    usual = {
        "lines": submission.submission_id,
        "lines_sha256": ledger.vault.keep_lines(lines.folder_of(home, submission.submission_id)),
        "rows_read": 2,
        "rows_quarantined": len(findings),
        "fields": {"control_row_count": 2, "control_baseline": "140.00", "control_projected": "101.00"},
        "certification": "Provisional",
    }
    return decide(ledger, submission, "accepted", findings=tuple(findings), **(usual | payload))


def test_a_blocked_file_has_every_finding_with_its_cell(home, ledger):
    told = text_of(page_of(home, ledger, decide(ledger, send(ledger), "blocked", findings=(TBC,))))
    for part in ("Not accepted", "1 point for you to correct", "Savings M7 Projected saving (£) You entered TBC"):
        assert part in told
    assert "Enter your best estimate." in told


def finding(severity, cell, message="Savings!K3: something is wrong.", **more):
    return Finding("D30", Severity(severity), message, "Savings", cell, "projected_gbp", **more)


def sections(page):
    """Return the text of each section that tells findings, by its heading."""
    parts = [part.split("</section>")[0] for part in page.split('<h2 id="findings-')[1:]]
    return {part.split(">", 1)[1].split("</h2>")[0]: part for part in parts}


def test_what_stops_the_file_has_a_section_of_its_own_and_comes_first(home, ledger):
    mixed = (finding("W", "K3"), finding("C", "K4"), finding("B", "K5"), finding("W", "K6"))
    told = sections(page_of(home, ledger, decide(ledger, send(ledger), "blocked", findings=mixed)))
    assert list(told) == ["What you need to do", "Check these too", "Before you certify"]
    cells = {
        heading: [cell for cell in ("K3", "K4", "K5", "K6") if f"<b>{cell}</b>" in told[heading]] for heading in told
    }
    assert list(cells.values()) == [["K5"], ["K3", "K6"], ["K4"]]


def test_a_receipt_lists_the_sender_s_findings_first_and_what_nobody_acts_on_not_at_all(home, ledger):
    """Ruling A7."""
    others = [replace(finding("W", "K9", f"For {who}."), who=who) for who in WhoActs if who is not WhoActs.DIRECTORATE]
    judged = decide(ledger, send(ledger), "blocked", findings=(*others, finding("B", "K5", "For you.")))
    told = text_of(page_of(home, ledger, judged))
    assert told.index("For you.") < told.index("For the data team You do not need") < told.index("For data team.")
    assert told.index("For data team.") < told.index("For finance You do not need") < told.index("For finance.")
    assert "For nobody." not in told


def test_a_held_return_says_what_holds_it(home, ledger):
    page = page_of(
        home, ledger, decide(ledger, send(ledger), "held", findings=(finding("H", "K3"), finding("W", "K4")))
    )
    assert list(sections(page)) == ["What you need to do", "Check these too"]
    assert "A named post decides" in page


def test_the_file_to_send_is_named_with_its_type_and_the_version_that_it_replaces(home, ledger):
    # R42.
    accept(home, ledger)
    blocked = decide(ledger, send(ledger, data=b"second"), "blocked", findings=(TBC,))
    sent = page_of(home, ledger, blocked).split('<h2 id="next">')[1].split("</section>")[0]
    for part in ("<dd>TRR_AH_2021-22_P06_v3.xlsx</dd>", "<dd>Resubmission</dd>", "<dd>1</dd>"):
        assert part in sent


def test_a_first_return_is_sent_again_as_initial(home, ledger):
    page = page_of(home, ledger, decide(ledger, send(ledger), "blocked", findings=(TBC,)))
    for part in ("TRR_AH_2021-22_P06_v2.xlsx", "<dd>Initial</dd>", "<dd>leave it blank</dd>"):
        assert part in page


def test_a_nil_return_is_sent_again_as_nil(home, ledger):
    blocked = decide(ledger, send(ledger), "blocked", findings=(TBC,), fields={"return_type": "Nil"})
    assert "<dd>Nil</dd>" in page_of(home, ledger, blocked)


def test_a_restatement_is_told_that_it_needs_a_reason(home, ledger):
    accept(home, ledger, certification="Certified")
    page = page_of(home, ledger, decide(ledger, send(ledger, data=b"second"), "blocked", findings=(TBC,)))
    assert "Restatement, with at least 20 characters in" in page


@pytest.mark.parametrize("field", ["directorate_code", "reporting_year", "reporting_period"])
def test_while_it_is_open_for_what_a_return_is_no_file_is_named(home, ledger, field):
    wrong = Finding("D69", Severity.BLOCK, "Return!B5: not yet.", "Return", "B5", field)
    page = page_of(home, ledger, decide(ledger, send(ledger), "blocked", findings=(wrong,)))
    assert "Send it as" not in page


@pytest.mark.parametrize(
    ("code", "heading"),
    [
        ("zip-corrupt", "Not read: the file could not be opened safely"),
        ("not-authorised-for", "Not taken: it was put into another directorate's folder"),
        ("unknown-directorate", "Not taken: it is for no directorate that we know"),
        ("template-version", "Not taken: it is made from another version of the template"),
        ("not-a-return", "Not taken: this is not a savings return"),
        ("header-missing", "Not taken: its sheets are not laid out as in the template"),
        ("check-failed", "Not decided: our own checks stopped"),
    ],
)
def test_a_refusal_is_headed_by_its_reason_and_tells_of_no_cells(home, ledger, code, heading):
    reason = Finding("D01", Severity.BLOCK, "The file says why.", code=code)
    refused = decide(ledger, send(ledger), "refused", None, None, findings=(reason,), refusal_code=code)
    page = page_of(home, ledger, refused).replace("&#39;", "'")
    assert f"<h1>{heading}</h1>" in page
    assert "each of these cells marked" not in page
    assert ("This is our fault" in page) == (code == "check-failed")


def test_a_page_is_well_made_whatever_it_tells(home, ledger):
    quarantined = Finding("D28", Severity.WARN, "Savings!A3: not registered.", "Savings", "A3", "saving_ref")
    accept(home, ledger, (quarantined,))
    mixed = (finding("W", "K3"), finding("C", "K4"), TBC)
    judged = [
        decide(ledger, send(ledger, data=b"b"), "blocked", findings=mixed),
        decide(ledger, send(ledger, data=b"h"), "held", findings=(finding("H", "K3"),)),
        decide(ledger, send(ledger, data=b"r"), "refused", None, None),
        accept(home, ledger, (quarantined,), data=b"second"),
    ]
    original = judged[0].submission_id
    judged.append(decide(ledger, send(ledger, data=b"b"), "duplicate", None, None, duplicate_of=original))
    assert [problems_of(page_of(home, ledger, each)) for each in judged] == [[]] * len(judged)


def test_the_look_at_a_page_sees_what_is_wrong():
    page = "<html><main><h2>x</h2><table><th>a</th></table><img src='x'><section></main><a href='http://x'>y</a></html>"
    found = problems_of(page)
    for wrong in ("no language", "has no scope", "no caption", "<img>", "skips a level", "leads to http", "no policy"):
        assert any(wrong in problem for problem in found), wrong
    assert any("</main> closes" in problem for problem in found)


def test_a_receipt_names_its_file_and_its_place_in_the_chain(home, ledger):
    # F-F14.
    submission = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    page = page_of(home, ledger, submission)
    assert submission.file_sha256 in page
    assert f"{submission.judged_seq}, SHA-256 {ledger.vault.event_sha256(submission.judged_seq)}" in page


def test_receipts_lie_in_the_senders_own_folder_under_the_verdicts_number(home, ledger):
    blocked = decide(ledger, send(ledger), "blocked")
    unread = decide(ledger, send(ledger, "CH", b"broken"), "refused", None, None)
    assert write_receipt(home, ledger, blocked) == home.desk / "AH" / "receipts" / "000002_2021-22_P06_v1.html"
    assert write_receipt(home, ledger, unread) == home.desk / "CH" / "receipts" / "000004_unread.html"


def test_a_file_that_lay_in_no_folder_has_its_receipt_beside_the_folders(home, ledger):
    stray = decide(ledger, send(ledger, ""), "refused", None, None)
    assert receipt_path(home, stray).parent == home.desk / "receipts"


def test_a_verdict_that_says_what_the_one_before_said_stands_since_then(home, ledger):
    """Ruling A10: its sender has been told."""
    first = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    again = decide(ledger, first, "blocked", findings=(TBC,), version_no=1, reference_sha256="b" * 64)
    assert (again.judged_seq, again.judged_at) == (first.judged_seq, first.judged_at)
    assert again.reference_sha256 == "b" * 64
    assert receipt_path(home, again) == receipt_path(home, first)
    write_missing_receipts(home, ledger)
    assert len(list(home.desk.rglob("receipts/*.html"))) == 1


@pytest.mark.parametrize(
    ("verdict", "changed"),
    [("blocked", {"findings": ()}), ("blocked", {"version_no": 2}), ("refused", {}), ("accepted", {})],
)
def test_a_verdict_that_says_anything_new_is_told(home, ledger, verdict, changed):
    first = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    again = decide(ledger, first, verdict, **({"findings": (TBC,), "version_no": 1} | changed))
    assert again.judged_seq > first.judged_seq


@pytest.mark.parametrize(
    ("verdict", "refusal_code", "filed_as"),
    [
        ("refused", "zip-corrupt", "unread"),
        ("refused", "header-missing", "not-taken"),
        ("refused", "not-authorised-for", "not-taken"),
        ("blocked", "", "no-period"),
        ("duplicate", "", "duplicate"),
    ],
)
def test_only_what_was_not_read_is_filed_as_unread(home, ledger, verdict, refusal_code, filed_as):
    """Ruling A10."""
    decided = decide(ledger, send(ledger), verdict, None, None, refusal_code=refusal_code)
    assert receipt_path(home, decided).name == f"000002_{filed_as}.html"


def test_a_file_without_a_verdict_has_no_receipt(home, ledger):
    send(ledger)
    assert write_missing_receipts(home, ledger) == []


def test_an_accepted_file_has_its_totals_beside_what_was_read(home, ledger):
    page = page_of(home, ledger, accept(home, ledger))
    assert "<h1>Accepted</h1>" in page
    assert (
        "Baseline (£) £140 £140 £0 Saved so far (£) not given £0 not given Projected saving (£) £101 £100.50 -£0.50"
        in text_of(page)
    )


def test_why_a_control_total_that_was_taken_differs_is_said_and_only_then(home, ledger):
    """What docs/decisions/0010 lets pass must not look like a loss."""
    assert "leaves out amounts that are typed as text" in page_of(home, ledger, accept(home, ledger))
    same = {"control_row_count": 2, "control_baseline": "140.00", "control_projected": "100.50"}
    page = page_of(home, ledger, accept(home, ledger, data=b"another", fields=same))
    assert "typed as text" not in page


def test_quarantined_lines_are_listed_with_their_amounts(home, ledger):
    # R33.
    unregistered = Finding(
        "D28", Severity.WARN, "Savings!A3: not registered.", "Savings", "A3", "saving_ref", "AH-21-099"
    )
    page = page_of(home, ledger, accept(home, ledger, [unregistered]))
    _, listed = page.split("Lines left out for now")
    assert "AH-21-099" in listed
    assert "£40" in listed
    assert "AH-21-001" not in listed


def test_a_certified_return_that_cannot_be_so_says_it_in_its_heading(home, ledger):
    # R02.
    unsigned = Finding("D52", Severity.CERTIFY, "Return!B20: no sign-off.", "Return", "B20")
    fields = {"status": "Certified", "control_row_count": 2}
    page = page_of(home, ledger, accept(home, ledger, [unsigned], fields=fields, certification="Provisional"))
    assert "<h1>Accepted as provisional: NOT CERTIFIED</h1>" in page


def test_a_certified_return_that_is_so_says_nothing_of_the_kind(home, ledger):
    fields = {"status": "Certified", "control_row_count": 2}
    assert "NOT CERTIFIED" not in page_of(home, ledger, accept(home, ledger, fields=fields, certification="Certified"))


def test_a_duplicate_says_when_it_was_received_and_repeats_what_was_decided(home, ledger):
    # F-B21.
    original = decide(ledger, send(ledger), "blocked", findings=(TBC,))
    again = decide(ledger, send(ledger), "duplicate", None, None, duplicate_of=original.submission_id)
    page = page_of(home, ledger, again)
    assert "We received the same file on 12 October 2021, 13:00" in page
    assert "<b>M7</b>" in page


def test_what_was_typed_is_shown_and_never_run(home, ledger):
    # F-C26, F-C27.
    hostile = "<script>alert(1)</script>{{ 7*7 }}{% raw %}"
    wrong = Finding("D09", Severity.BLOCK, hostile, hostile, "A1", hostile, hostile)
    page = page_of(home, ledger, decide(ledger, send(ledger, name=hostile), "blocked", findings=(wrong,)))
    assert "<script" not in page
    assert "{{ 7*7 }}{% raw %}" in page
    assert "49" not in page.split("<main>")[1].split("SHA-256 of the file")[0]
    assert problems_of(page) == []


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
    assert [word for word in ("http:", "https:", "src=", "@import", "url(") if word in page] == []


def test_times_are_londons():
    assert moment(datetime(2021, 10, 12, 12, tzinfo=UTC)) == "12 October 2021, 13:00"
    assert moment(datetime(2021, 12, 1, 9, 5, tzinfo=UTC)) == "1 December 2021, 09:05"


@pytest.mark.parametrize("lost", [{".html"}, {".xlsx"}, {".html", ".xlsx"}])
def test_what_is_missing_of_a_receipt_is_written_once_and_the_rest_is_left_alone(home, ledger, lost):
    # F-D03.
    first = decide(ledger, send(ledger), "refused", None, None, findings=(TBC,))
    second = decide(ledger, send(ledger, "CH"), "refused", None, None, findings=(TBC,))
    for each in (first, second):
        write_receipt(home, ledger, each).write_text("as it was")
    for form in lost:
        receipt_path(home, second).with_suffix(form).unlink()
    (home.desk / "AH" / "receipts" / ".half.html.99.tmp").write_text("half")
    send(ledger, "PL")
    assert {path.suffix for path in write_missing_receipts(home, ledger)} == lost
    assert write_missing_receipts(home, ledger) == []
    assert receipt_path(home, first).read_text() == "as it was"
    assert sorted(path.name for path in home.desk.rglob("receipts/*") if path.is_file()) == [
        "000002_unread.html",
        "000002_unread.xlsx",
        "000004_unread.html",
        "000004_unread.xlsx",
    ]


@pytest.mark.parametrize(
    ("verdict", "again"), [("accepted", ""), ("blocked", " Once finance does, we check your file again.")]
)
def test_a_receipt_says_by_which_plan_a_return_was_judged_while_a_newer_one_waits(home, ledger, verdict, again):
    """Ruling D-1."""
    adopted = fixed_clock(datetime(2022, 5, 3, 8, 15, tzinfo=UTC))
    ledger.record(adopted, ReferenceAdopted(reference_sha256=REFERENCE, changes=[]))
    judged = decide(ledger, send(ledger), verdict, clock=adopted, waiting_reference="b" * 64)
    told = text_of(page_of(home, ledger, judged))
    assert (
        "We checked this against the plan that was adopted on 3 May 2022, 09:15. There was a newer plan, which finance "
        f"had not put in force yet.{again}" in told
    )
    assert ("we check your file again" in told) == (verdict == "blocked")


@pytest.mark.parametrize(("verdict", "newer"), [("accepted", ""), ("duplicate", "b" * 64), ("refused", "b" * 64)])
def test_a_receipt_is_silent_about_the_plan_where_none_waits_or_it_had_no_part(home, ledger, verdict, newer):
    """Ruling D-1."""
    ledger.record(NOON, ReferenceAdopted(reference_sha256=REFERENCE, changes=[]))
    judged = decide(ledger, send(ledger), verdict, waiting_reference=newer)
    assert "newer plan" not in text_of(page_of(home, ledger, judged))
