"""``savings report``: each figure of both documents is the mart's, the same release gives the same bytes, once."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from functools import partial
from pathlib import Path

import docx
import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT
from publishing import reader
from publishing.report.content import Content, content
from publishing.report.pdf import pdf
from publishing.report.records import altered, hashes_of
from publishing.report.word import TEMPLATE, TemplateProblemError, word
from publishing.site import charts
from publishing.tags import confirm, tag, waive
from publishing.verification import verify
from sources.clock import system_clock
from sources.custody.ledger import Ledger, LedgerView
from sources.custody.payloads import Reported
from sources.home import Home
from tests.homes import tree_of
from tests.programs import LIBREOFFICE, POPPLER, WRITER
from tests.small_warehouse import SmallWarehouse

REPORT = "CAB-2021-11-08"
GUIDE = PROJECT / "docs" / "clerk.md"
_AMOUNT = re.compile("\N{MINUS SIGN}?£[\\d,]+(?:\\.\\d+)?")
# What each table of the document is in the warehouse, column by column: the test's own reading.
_QUERIES = (
    "select case when is_total then 'Total' else directorate_name end, baseline_gbp, projected_gbp, deferred_gbp, "
    "undeliverable_gbp, unexplained_gbp, not_reported_gbp from rpt_cabinet_table_1 "
    "where plan_year = '2021/22' and period_key = 202106 order by is_total, directorate_name",
    "select directorate_name, plan_year, delivery_year, amount_gbp, line_count from rpt_deferral_matrix "
    "where period_key = 202106 order by plan_year, delivery_year, directorate_name",
    "select fund_ref, project_name, approved_gbp, committed_gbp, drawn_gbp, return_gbp, gross_roi as share, "
    "payback_months from rpt_fund_return where period_key = 202106 order by fund_ref, project_ref",
    "select phase_name, project_ref, project_name, stage, milestone_rag, planned_end_date, amount_gbp from rpt_roadmap "
    "where period_key = 202106 order by phase_sort_order, directorate_code, project_ref",
    "select plan_version, budget_year, component, amount_gbp from rpt_budget_gap_bridge "
    "order by plan_version, budget_year, step_no",
    "select claim_ref, printed_text, printed_value as printed_gbp, warehouse_value as here_gbp, "
    "difference as difference_gbp, case verdict when 'MATCH' then 'Matches' when 'NO_MATCH' then 'Does not match' "
    "else 'Matches, with a reason' end, reason from rpt_claim_check "
    "where verdict <> 'NOT_TESTABLE' order by sort_order, claim_ref",
    "select claim_ref, printed_text, reason from rpt_claim_check "
    "where verdict = 'NOT_TESTABLE' order by sort_order, claim_ref",
)


@pytest.fixture(scope="module")
def release(first_night: Home) -> Path:
    return first_night.current.resolve()


@pytest.fixture(scope="module")
def said(release: Path) -> Content:
    return content(release, REPORT)


@pytest.fixture(scope="module")
def documents(said: Content, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("report")
    (folder / "report.docx").write_bytes(word(said))
    (folder / "report.pdf").write_bytes(pdf(said))
    return {kind: folder / f"report.{kind}" for kind in ("docx", "pdf")}


@pytest.fixture(scope="module")
def marts(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with reader.connect(release) as connection:
        connection.execute("use marts")
        yield connection


@pytest.fixture
def home(first_night: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the home, which the test may write to."""
    copied = Home.at(Path(shutil.copytree(first_night.root, tmp_path / "var", symlinks=True)))
    monkeypatch.setenv("SAVINGS_HOME", str(copied.root))
    return copied


def savings(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def text_of(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout


def as_said(value: object, column: str) -> str:
    minus = "\N{MINUS SIGN}"
    if value is None:
        return "not known|not yet reported" if column.endswith("_gbp") else "none"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if column.endswith("_gbp"):
        pounds = round(Decimal(value))  # type: ignore[arg-type]  # money, as its column says
        return f"{minus if pounds < 0 else ''}£{abs(pounds):,}"
    return f"{value * 100:.1f}%" if column == "share" else str(value)  # type: ignore[operator]  # a share is a number


def test_every_cell_of_the_word_document_is_the_one_in_its_mart(
    documents: dict[str, Path], marts: duckdb.DuckDBPyConnection
) -> None:
    tables = docx.Document(str(documents["docx"])).tables
    assert len(tables) == len(_QUERIES)
    for table, query in zip(tables, _QUERIES, strict=True):
        asked = marts.execute(query)
        columns = [column[0] for column in asked.description]
        wanted = [[as_said(value, name) for name, value in zip(columns, row, strict=True)] for row in asked.fetchall()]
        found = [[cell.text for cell in row.cells] for row in table.rows][1:]
        assert len(found) == len(wanted), query
        for row, expected in zip(found, wanted, strict=True):
            assert all(cell in each.split("|") for cell, each in zip(row, expected, strict=True)), (row, expected)


@pytest.mark.needs(POPPLER)
def test_the_pdf_has_the_rows_and_amounts_of_the_word_document_and_no_others(documents: dict[str, Path]) -> None:
    document, shown = docx.Document(str(documents["docx"])), text_of(documents["pdf"])
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows[1:]]
    told = " ".join([*(cell for row in rows for cell in row), *(each.text for each in document.paragraphs)])
    assert set(_AMOUNT.findall(shown)) == set(_AMOUNT.findall(told))
    for row in rows:
        on_one_line = [row[0].split()[0], *(cell for cell in row if _AMOUNT.fullmatch(cell))]
        assert re.search(r"[^\n]*".join(map(re.escape, on_one_line)), shown), row


@pytest.mark.needs(POPPLER)
def test_every_page_says_its_release_and_the_day_of_its_data(documents: dict[str, Path], release: Path) -> None:
    says = f"Data as at 30 September 2021. Release {release.name}."
    pages = text_of(documents["pdf"]).split("\f")[:-1]
    assert len(pages) > 1
    assert [page for page in pages if says not in page] == []
    (section,) = docx.Document(str(documents["docx"])).sections
    assert says in section.footer.paragraphs[0].text


def test_the_same_release_gives_the_same_bytes(said: Content, documents: dict[str, Path], release: Path) -> None:
    again = content(release, REPORT)
    assert word(again) == documents["docx"].read_bytes()
    assert pdf(again) == documents["pdf"].read_bytes()


def test_no_document_holds_another_time_than_its_release_s(documents: dict[str, Path], said: Content) -> None:
    moment = said.made_at.replace(microsecond=0)
    about = docx.Document(str(documents["docx"])).core_properties
    assert about.created == about.modified == moment.astimezone(UTC)
    assert about.title == "Dorset Council: Transformation plan annual report"
    with zipfile.ZipFile(documents["docx"]) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    written = documents["pdf"].read_bytes()
    assert set(re.findall(rb"CreateDate>([^<]+)<", written)) == {f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()}


def test_the_pdf_says_that_it_is_tagged_and_for_archives(documents: dict[str, Path]) -> None:
    written = documents["pdf"].read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in written
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in written


def test_every_picture_of_the_word_document_is_said_in_words(documents: dict[str, Path], said: Content) -> None:
    document = docx.Document(str(documents["docx"]))
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert told == [chart.alt for chart in said.charts.values()]
    assert "Unexplained: £3,333,500" in told[0]


@pytest.mark.needs(LIBREOFFICE, WRITER, POPPLER)
def test_an_office_program_opens_the_word_document_and_shows_its_amounts(
    documents: dict[str, Path], tmp_path: Path
) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [LIBREOFFICE.path, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, documents["docx"]]
    subprocess.run(command, check=True, capture_output=True)
    shown = " ".join(text_of(tmp_path / "report.pdf").split())
    assert "Dorset Council: Transformation plan annual report" in shown
    assert "Page 1 of" in shown
    assert "Total £10,845,000 £5,407,500 £2,104,000 £0 £3,333,500 £0" in shown


def test_what_a_sender_typed_is_shown_and_never_run(said: Content) -> None:
    typed = "{{ 7 * 7 }} & <b> \N{RIGHT-TO-LEFT OVERRIDE}"
    hostile = replace(said, tables={**said.tables, "fund": [dict(said.tables["fund"][0], project=typed)]})
    table = docx.Document(io.BytesIO(word(hostile))).tables[2]
    assert table.rows[1].cells[1].text == typed
    assert pdf(hostile).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "in_the_pdf"),
    [
        ("Depots \N{GRINNING FACE}", r"\u{1f600}"),
        ("\u6f22", r"\u{6f22}"),
        ("Caf\xe9", "Caf\xe9"),
        # No font has the two together.
        ("\u044f\u0489", r"\u{44f}\u{489}"),
        ("\ue000", r"\u{e000}"),
    ],
)
@pytest.mark.needs(POPPLER)
def test_a_character_without_a_font_is_spelled_out_in_the_pdf_and_kept_in_word(
    said: Content, tmp_path: Path, typed: str, in_the_pdf: str
) -> None:
    plan = said.charts["chart_of_the_plan"]
    drawn = partial(charts.bars, [charts.Bar(typed, charts.ZERO, Decimal(5), "£5")])
    strange = replace(
        said,
        tables={**said.tables, "fund": [dict(said.tables["fund"][0], project=typed)]},
        charts={**said.charts, "chart_of_the_plan": replace(plan, finding=typed, specification=drawn)},
    )
    table = docx.Document(io.BytesIO(word(strange))).tables[2]
    assert table.rows[1].cells[1].text == typed
    (tmp_path / "report.pdf").write_bytes(pdf(strange))
    found = " ".join(text_of(tmp_path / "report.pdf").split())
    assert found.count(in_the_pdf) >= 2
    assert ("has no font for some characters" in found) == ("\\u" in in_the_pdf)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("{{ no_such_name }}", "'no_such_name' is undefined"),
        ("{{ total.plan", "mistake in its braces"),
        ("{{ total.__class__.__mro__ }}", "unsafe"),
    ],
)
def test_a_template_that_cannot_be_filled_says_why(said: Content, tmp_path: Path, typed: str, complaint: str) -> None:
    template = docx.Document(str(TEMPLATE))
    template.add_paragraph(typed)
    template.save(str(tmp_path / "ours.docx"))
    with pytest.raises(TemplateProblemError, match=complaint):
        word(said, tmp_path / "ours.docx")


def test_a_template_that_is_no_word_document_is_refused(said: Content, tmp_path: Path) -> None:
    (tmp_path / "ours.docx").write_text("not a document")
    with pytest.raises(TemplateProblemError, match="is no Word document"):
        word(said, tmp_path / "ours.docx")


def test_a_report_is_written_once_with_its_hashes_in_an_event(home: Home) -> None:
    first = savings("report", REPORT)
    assert first.exit_code == Exit.DONE, first.output
    folder = home.reports / REPORT / home.current.resolve().name
    assert sorted(path.name for path in folder.iterdir()) == [f"{REPORT}.docx", f"{REPORT}.pdf"]
    before = tree_of(folder)
    again = savings("report", REPORT)
    assert again.stdout.startswith("Nothing to do. Already written")
    assert tree_of(folder) == before
    assert verify(home).unfinished == ()
    with LedgerView.of(home) as ledger:
        (event,) = ledger.events_of(Reported)
        assert event.payload.files == hashes_of(folder)
        assert altered(home, ledger) == []


def test_another_template_leaves_the_report_as_it_was_written(home: Home, tmp_path: Path) -> None:
    savings("report", REPORT)
    template = docx.Document(str(TEMPLATE))
    template.add_paragraph("Ours.")
    template.save(str(tmp_path / "ours.docx"))
    refused = savings("report", REPORT, "--template", str(tmp_path / "ours.docx"))
    assert refused.exit_code == Exit.NOT_PUBLISHED
    assert "It stays as it was" in refused.stderr
    drafted = savings("report", REPORT, "--template", str(tmp_path / "ours.docx"), "--to", str(tmp_path / "drafts"))
    assert drafted.exit_code == Exit.DONE, drafted.output
    assert docx.Document(str(tmp_path / "drafts" / f"{REPORT}.docx")).paragraphs[-1].text == "Ours."


def test_a_report_that_was_altered_is_found_and_written_again(home: Home) -> None:
    savings("report", REPORT)
    path = home.reports / REPORT / home.current.resolve().name / f"{REPORT}.pdf"
    path.chmod(0o640)
    path.write_bytes(b"forged")
    (problem,) = verify(home).problems
    assert f"Report {REPORT}" in problem
    assert savings("report", REPORT).exit_code == Exit.DONE
    assert path.read_bytes().startswith(b"%PDF")
    assert verify(home).problems == ()


def test_what_a_killed_run_left_is_written_again(home: Home) -> None:
    folder = home.reports / REPORT / home.current.resolve().name
    for left in (folder, folder.with_name(f".{folder.name}.partial")):
        left.mkdir(parents=True)
        (left / f"{REPORT}.docx").write_bytes(b"half")
    assert savings("report", REPORT).exit_code == Exit.DONE
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert (folder / f"{REPORT}.pdf").read_bytes().startswith(b"%PDF")


def test_a_report_with_a_frozen_release_is_written_from_that_one(home: Home) -> None:
    release_id = home.current.resolve().name
    with Ledger.open(home) as ledger:
        waive(home, ledger, system_clock, "C02", REPORT, _signed("chief"))
        tag(home, ledger, system_clock, release_id, REPORT, _signed("chief"))
        confirm(home, ledger, system_clock, release_id, REPORT, _signed("other"))
    home.current.unlink()
    assert savings("report", REPORT).stdout.startswith(f"Written from {release_id}")


def _signed(account: str) -> dict[str, str]:
    return {"post": f"Post {account}", "os_account": account, "reason": "The Cabinet met."}


def test_a_report_that_the_release_does_not_know_is_named_with_those_that_it_knows(home: Home) -> None:
    refused = savings("report", "CAB-1999")
    assert refused.exit_code == Exit.WRONG_USE
    assert f"knows no report CAB-1999; it knows: {REPORT}" in refused.stderr


def test_before_the_first_release_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = SmallWarehouse.at(tmp_path)
    monkeypatch.setenv("SAVINGS_HOME", str(warehouse.home.root))
    for arguments in ([], ["--to", str(tmp_path)]):
        refused = savings("report", REPORT, *arguments)
        assert refused.exit_code == Exit.WRONG_USE
        assert "no release" in refused.stderr or "no warehouse" in refused.stderr


def test_the_clerk_s_guide_does_what_it_says(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(TEMPLATE, tmp_path / "our-template.docx")
    commands = re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert len(commands) == 3
    for command in commands:
        done = savings(*command.split()[1:])
        assert done.exit_code == Exit.DONE, done.output
    assert sorted(path.name for path in (tmp_path / "drafts").iterdir()) == [f"{REPORT}.docx", f"{REPORT}.pdf"]


def test_the_clerk_s_guide_names_all_that_a_template_may_show(said: Content) -> None:
    named = set(re.findall(r"`([a-z_0-9.]+)`", GUIDE.read_text("utf-8")))
    assert set(said.texts) | set(said.tables) | set(said.charts) <= named
    assert {column for rows in said.tables.values() for column in rows[0:1] for column in column} <= named
