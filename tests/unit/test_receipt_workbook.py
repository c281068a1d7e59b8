"""The receipt's workbook, as openpyxl reads it: findings linked to their cells, and a copy that does nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from sources.custody.ledger import Ledger
from sources.findings.findings import Finding, Severity
from sources.lines.line_files import write_lines
from sources.reader.cells import Cell, CellKind, Refusal, SheetCells
from sources.receipts import annotated_copy, receipt_workbook
from sources.receipts.receipt import names_its_event, write_receipt
from tests.homes import decide, fresh_home, send
from tests.returns import at, good_return, judged, made, place_of, with_sheet

HOSTILE = (
    "=cmd|'/c calc'!A1",
    '=HYPERLINK("http://outside.example","pay")',
    '=WEBSERVICE("http://outside.example")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tTAB",
    "\rCR",
    "{=1+1}",
    "http://outside.example",
    "mailto:a@outside.example",
    "<script>alert(1)</script>",
    "_x0041_",
)


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def finding(cell, severity="B", message="This is not a number.", **more):
    return Finding("D09", Severity(severity), message, **{"sheet": "Savings", "cell": cell} | more)


def receipt_of(home, ledger, book, *findings, verdict="blocked", name="return.xlsx", **payload):
    """Return the workbook of a receipt, as bytes."""
    submission = decide(ledger, send(ledger, name=name), verdict, findings=findings, **payload)
    return write_receipt(home, ledger, submission, book).with_suffix(".xlsx").read_bytes()


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(data, sheet):
    return [list(row) for row in opened(data)[sheet].iter_rows(values_only=True)]


def links(book):
    """Return where the cells of the findings lead."""
    return [cell.hyperlink.location for (cell,) in book["Findings"].iter_rows(min_col=3, max_col=3) if cell.hyperlink]


def test_each_finding_has_a_row_with_what_stops_the_file_first(home, ledger):
    warned = finding(
        "K3", "W", "Savings!K3: look.", column="full_year_effect_gbp", heading="Full-year effect (£)", value_shown="12"
    )
    blocked = finding(
        "M2", column="projected_gbp", heading="Projected saving (£)", value_shown="TBC", code="not-a-number"
    )
    assert rows(receipt_of(home, ledger, good_return(), warned, blocked), "Findings")[1:] == [
        ["Correct this", "Savings", "M2", "Projected saving (£)", "TBC", blocked.text, "not-a-number"],
        ["Check this", "Savings", "K3", "Full-year effect (£)", "12", warned.text, "D09"],
    ]


def test_a_finding_leads_to_its_cell_on_the_copy_which_says_it_in_words(home, ledger):
    book = good_return({"Savings!M2": "TBC"})
    both = (finding("M2"), finding("M2", "W", "And look."))
    sheets = opened(receipt_of(home, ledger, book, *both))
    assert links(sheets) == ["'Savings'!M2"] * 2
    cell = sheets["Savings"]["M2"]
    assert cell.value == "TBC"
    assert cell.comment.text == ("Correct this: This is not a number.\nCheck this: And look.")
    assert (cell.fill.fgColor.rgb, cell.border.left.style) == ("FFFFC7CE", "medium")
    assert sheets["Savings"]["M3"].fill.fgColor.rgb == "00000000"


def test_rows_are_as_high_as_their_texts(home, ledger):
    long = finding("M2", message="Savings!M2: " + "a word " * 60)
    sheet = opened(receipt_of(home, ledger, good_return(), long, finding("M3")))["Findings"]
    assert sheet.row_dimensions[2].height == 75  # five lines of 15 points, the others being one


def test_the_findings_are_easy_to_work_through(home, ledger):
    sheet = opened(receipt_of(home, ledger, good_return(), finding("M2"), finding("M3")))["Findings"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes, sheet.print_title_rows) == ("A1:G3", "A2", "$1:$1")


def test_a_sheet_whose_name_is_noisy_is_copied_and_linked_under_the_templates_name(home, ledger):
    noisy = replace(
        good_return(),
        sheets=tuple(
            replace(sheet, name="savings \u00a0") if sheet.name == "Savings" else sheet
            for sheet in good_return().sheets
        ),
    )
    sheets = opened(receipt_of(home, ledger, noisy, finding("M2", sheet="savings \u00a0")))
    assert links(sheets) == ["'Savings'!M2"]
    assert sheets["Savings"]["M2"].comment is not None


def test_findings_told_as_one_mark_all_of_their_cells(home, ledger):
    one = finding("M2", also_at=("M4", "M6", "M7"))
    sheet = opened(receipt_of(home, ledger, good_return(), one))["Savings"]
    assert [row for row in range(1, 9) if sheet.cell(row, 13).comment] == [2, 4, 6, 7]


def test_values_are_copied_as_what_they_are_to_the_addresses_that_they_had(home, ledger):
    edits = {
        "Savings!J2": made(CellKind.NUMBER, "780000.1", formula="A1+B1", number_format="#,##0,"),
        "Savings!K2": True,
        "Savings!K3": made(CellKind.ERROR, "#REF!"),
        "Savings!K4": made(CellKind.EMPTY, "", formula="1+1"),
        "Savings!L2": made(CellKind.NUMBER, "1E+999"),
        "Savings!L3": made(CellKind.DATE, "1 day, 2:30:00"),
        "Savings!Y3": "two\nlines \u202e",
    }
    sheet = opened(receipt_of(home, ledger, good_return(edits), finding("J2")))["Savings"]
    expected = {
        "J2": 780000.1,
        "K2": True,
        "K3": "#REF!",
        "K4": None,
        "L2": "1E+999",
        "L3": "1 day, 2:30:00",
        "Y3": "two\nlines \\u{202e}",
        "A2": "PL-21-001",
    }
    assert {cell: sheet[cell].value for cell in expected} == expected
    assert sheet["J2"].number_format == "General"
    assert (sheet["I2"].value.isoformat(), sheet["I2"].number_format) == ("2021-04-01T00:00:00", "dd/mm/yyyy")


def test_nothing_typed_into_a_return_does_anything_in_its_receipt(home, ledger):
    # F-C17, F-C18, F-C27.
    edits = {f"Savings!C{row}": text for row, text in enumerate(HOSTILE, start=2)}
    edits |= {f"Savings!Y{row}": made(CellKind.TEXT, text, formula="A1") for row, text in enumerate(HOSTILE, start=2)}
    findings = [
        finding(f"C{row}", message=text, column=text, value_shown=text, code=text)
        for row, text in enumerate(HOSTILE, start=2)
    ]
    stray = Finding("D44", Severity.WARN, HOSTILE[0], sheet=HOSTILE[1])
    data = receipt_of(home, ledger, good_return(edits), *findings, stray, name=HOSTILE[1])
    book = opened(data)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n", "d"}
    assert book["Savings"]["C2"].value == HOSTILE[0]
    assert [book["Findings"].cell(row, 5).value for row in (2, 3)] == list(HOSTILE[:2])
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        texts = {name: parts.read(name).decode() for name in parts.namelist()}
    assert [name for name, text in texts.items() if "<f>" in text or 'TargetMode="External"' in text] == []
    assert [name for name, text in texts.items() if "<script" in text or "\u202e" in text] == []


def test_names_and_personal_data_are_not_copied(home, ledger):
    """F-F08, F-B22."""
    names = {at("Return", field): f"Zebedee {field}" for field in ("prepared_by", "director_name", "finance_bp_name")}
    edits = names | {"Savings!Y2": "Ask zebedee@home.example or AB 12 34 56 C."}
    data = receipt_of(home, ledger, good_return(edits), finding("M2"))
    sheet = opened(data)["Return"]
    assert {
        sheet[place_of("Return", name)].value for name in ("prepared_by", "prepared_by_email", "director_name")
    } == {"(not copied)"}
    assert opened(data)["Savings"]["Y2"].value == "Ask [masked] or [masked]."
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert [name for name in parts.namelist() if b"ebedee" in parts.read(name)] == []


def test_only_the_sheets_that_were_read_are_copied(home, ledger):
    others = [
        SheetCells(name, state, {(1, 1): Cell("A1", 1, 1, CellKind.TEXT, "staff list")})
        for name, state in (("Staff", "visible"), ("Old", "hidden"), ("Lists", "hidden"), ("Guidance", "visible"))
    ]
    book = with_sheet(good_return(more_sheets=others), "Investment", state="hidden")
    names = opened(receipt_of(home, ledger, book, finding("M2"))).sheetnames
    assert names == ["Receipt", "Findings", "Return", "Savings", "Projects"]


@pytest.mark.parametrize("book", [None, Refusal("zip-corrupt", "its directory is missing"), good_return()])
def test_nothing_is_copied_of_a_file_that_was_not_read_as_a_return(home, ledger, book):
    said = {"year": None, "period": None, "refusal_code": "not-authorised-for"}
    data = receipt_of(home, ledger, book, finding("B2", sheet="Return"), verdict="refused", **said)
    assert opened(data).sheetnames == ["Receipt", "Findings"]
    assert links(opened(data)) == []


def test_of_a_very_large_return_the_rows_with_findings_are_copied_and_it_says_so(home, ledger, monkeypatch):
    monkeypatch.setattr(annotated_copy, "MOST_CELLS", 60)
    far = {f"Savings!A{row}": f"PL-21-{row:03d}" for row in range(20, 40)}
    alike = finding("A30", message="Savings!A30: wrong. Likewise in 1 more cells: A35.")
    data = receipt_of(home, ledger, good_return(far), alike)
    copied = [cell.value for (cell,) in opened(data)["Savings"].iter_rows(max_col=1, min_row=20) if cell.value]
    assert copied == ["PL-21-030"]
    assert opened(data)["Savings"]["A1"].value == "Reference"
    assert any("Your return is very large" in str(text) for _, text in rows(data, "Receipt"))


def test_more_comments_than_excel_opens_with_ease_are_left_to_the_list(home, ledger, monkeypatch):
    monkeypatch.setattr(annotated_copy, "MOST_COMMENTS", 2)
    data = receipt_of(home, ledger, good_return(), *(finding(f"M{row}") for row in (2, 3, 4)))
    sheet = opened(data)["Savings"]
    assert [bool(sheet[f"M{row}"].comment) for row in (2, 3, 4)] == [True, True, False]
    assert sheet["M4"].fill.fgColor.rgb == "FFFFC7CE"
    assert any("Only the first 2 marked cells" in str(text) for _, text in rows(data, "Receipt"))


def test_a_copy_that_our_own_code_trips_over_does_not_keep_the_findings_back(home, ledger, monkeypatch):
    def trips(*arguments):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(receipt_workbook, "write_copies", lambda *arguments: arguments[1] and trips())
    data = receipt_of(home, ledger, good_return(), finding("M2"))
    assert opened(data).sheetnames == ["Receipt", "Findings"]
    assert len(rows(data, "Findings")) == 2


def test_an_accepted_return_has_its_totals_and_what_changed(home, ledger):
    for number, book in enumerate((good_return(), good_return({"Savings!M3": 139_000, "Savings!N3": 226_000}))):
        submission = send(ledger, "PL", f"{number}".encode())
        write_lines(home, submission.submission_id, judged(book).tables)
        said = {"lines": submission.submission_id, "rows_read": 4}
        said["fields"] = {"control_row_count": 4, "control_projected": "1408000.50"}
        submission = decide(ledger, submission, "accepted", **said)
    data = write_receipt(home, ledger, submission, book).with_suffix(".xlsx").read_bytes()
    assert opened(data).sheetnames[:4] == ["Receipt", "Findings", "Totals", "Changes"]
    totals = rows(data, "Totals")
    assert totals[1] == ["Rows", 4, 4, 0]
    assert totals[4] == ["Projected saving (£)", 1408000.5, 1408000, -0.5]
    assert any("typed as text" in str(row[0]) for row in totals)
    assert ["Since 2021/22 P06, version 1", "Before", "Now", "Difference"] in totals
    assert totals[-4] == ["Projected saving (£)", 1409000, 1408000, -1000]
    assert rows(data, "Changes")[1:] == [
        ["PL-21-002", "2021/22", "Moved", "Projected saving (£)", 140000, 139000, -1000],
        ["PL-21-002", "2021/22", "Moved", "Deferred (£)", 225000, 226000, 1000],
    ]


def test_a_workbook_is_the_same_whenever_it_is_written_and_names_its_event(home, ledger):
    # F-F14.
    submission = decide(ledger, send(ledger), "blocked", findings=(finding("M2"),))
    path = write_receipt(home, ledger, submission, good_return()).with_suffix(".xlsx")
    first = path.read_bytes()
    write_receipt(home, ledger, submission, good_return())
    assert path.read_bytes() == first
    assert opened(first).properties.created == submission.judged_at.replace(tzinfo=None, microsecond=0)
    sha256 = ledger.vault.event_sha256(submission.judged_seq)
    assert names_its_event(path, sha256)
    assert not names_its_event(path, "0" * 64)
    path.write_bytes(b"no workbook")
    assert not names_its_event(path, sha256)
