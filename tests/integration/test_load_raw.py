"""From ledger, lines and adopted folders to schemas raw and reference of a candidate."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project import candidate as scratch
from dbt_project import origin
from dbt_project.kept_rows import kept_keys
from dbt_project.load_raw import RawCounts, load_raw, without_personal_data
from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources.clock import Clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import Judged, Published, Received, Withdrawn
from sources.custody.vault import file_sha256
from sources.findings.findings import Finding, Severity, Verdict
from sources.findings.personal_data import MASK
from sources.findings.rules import RULES
from sources.home import Home
from sources.intake.adoption import adopt_reference
from sources.judging.history import Keys, LedgerHistory
from sources.lines.line_files import line_schema, to_arrow, write_lines
from sources.reference.reference import ReferenceProblem, bundled_reference, read_reference
from sources.template.declaration import SAVINGS
from tests.homes import SIGNED
from tests.reference_folder import add_rows, copy_of_bundled
from tests.scenario_rows import line, typed_rows

NOON = datetime(2021, 10, 8, 12, tzinfo=UTC)
AH, CH, PL = (f"{code}-{digit * 16}" for code, digit in (("AH", "a"), ("CH", "b"), ("PL", "c")))
FIELDS = {
    "template_version": "1.0",
    "reporting_year": "2021/22",
    "reporting_period": "P06",
    "as_at_date": "2021-09-30",
    "return_type": "Initial",
    "control_row_count": 1,
    "control_baseline": "2412600.00",
    "control_achieved": "0.00",
    "control_projected": "1087300.10",
    "control_deferred": "0.00",
    "control_undeliverable": "0.00",
    "prepared_by": "somebody",
}
WARNING = Finding("D22", Severity.WARN, "Explain it.", "Savings", "J2", "baseline_gbp", refs=("AH-21-001",))


def hourly_clock() -> Clock:
    hours = iter(range(1000))
    return lambda: NOON + timedelta(hours=next(hours))


class Warehouse:
    """A home with a ledger; what happens in it happens an hour after what happened before."""

    def __init__(self, folder: Path) -> None:
        self.home = Home.at(folder)
        self.home.create()
        self.ledger = Ledger.open(self.home)
        self.clock = hourly_clock()

    def adopt(self, folder: Path) -> None:
        adopt_reference(read_reference(folder), self.ledger, self.clock)

    def receive(self, submission_id: str) -> None:
        receipt = {
            "submission_id": submission_id,
            "directorate_code": submission_id[:2],
            "file_name": f"{submission_id}.xlsx",
            "file_sha256": submission_id[3:] * 4,
            "size": 1,
            "receipt_no": 1,
            "is_receipt_declared": False,
            "not_taken": "",
        }
        self.ledger.record(self.clock, Received(**receipt))

    def judge(self, submission_id: str, verdict: str, **changed: Any) -> None:
        judgement = {
            "submission_id": submission_id,
            "verdict": Verdict(verdict),
            "refusal_code": "",
            "duplicate_of": None,
            "fields": FIELDS,
            "certification": "Provisional",
            "version_no": 1,
            "rows_read": 1,
            "rows_quarantined": 0,
            "lines": submission_id if verdict in ("accepted", "held") else None,
            "lines_sha256": None,
            "contract_version": "1",
            "reference_sha256": "",
            "judged_against": None,
        }
        self.ledger.record(self.clock, Judged(**judgement | changed))

    def write(self, submission_id: str, *lines: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        rows = typed_rows(SAVINGS, lines, submission_id[:2], "2021/22")
        write_lines(self.home, submission_id, {"savings_line": rows}, {"savings_line": headers or {}})

    def load(self, code: str = "c") -> RawCounts:
        return load_raw(self.home.candidate, self.home, self.ledger, self.ledger.vault, code)

    def kept_keys(self, code: str = "c") -> Mapping[str, Keys]:
        return kept_keys(self.home.candidate, self.ledger, code)

    def publish(self) -> None:
        hashes = dict.fromkeys(("content_sha256", "exact_sha256", "manifest_sha256", "evidence_sha256"), "")
        candidate_sha256 = file_sha256(self.home.candidate)
        inputs = origin.read(self.home.candidate).as_json()
        event = Published(release_id="R1", **hashes, inputs=inputs, candidate_sha256=candidate_sha256)
        self.ledger.record(self.clock, event)

    def read(self) -> duckdb.DuckDBPyConnection:
        return scratch.read(self.home.candidate)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse(tmp_path / "home")
    yield warehouse
    warehouse.ledger.close()


def test_a_fresh_home_gives_every_table_empty_but_the_rules(warehouse: Warehouse):
    counts = warehouse.load().rows

    assert len(counts) == len(RAW_TABLES) + len(REFERENCE_TABLES)
    assert {name: rows for name, rows in counts.items() if rows} == {"raw.rule": len(RULES)}


def test_a_submission_arrives_with_its_fields_typed_and_no_names_of_people(warehouse: Warehouse):
    """F-F08."""
    warehouse.receive(AH)
    warehouse.write(AH, line("AH-21-001", "2412600", "1087300.10"))
    warehouse.judge(AH, "accepted", findings=(WARNING,))
    warehouse.load()

    with warehouse.read() as connection:
        (row,) = connection.table("raw.submission").to_arrow_table().to_pylist()
        everything = str(connection.table("raw.submission").fetchall())
    assert row["submission_id"] == AH
    assert row["receipt_seq"] == 1
    assert row["received_at"] == datetime(2021, 10, 8, 12)  # noqa: DTZ001 - UTC without zone
    assert row["accepted_at"] == row["judged_at"] == datetime(2021, 10, 8, 13)  # noqa: DTZ001 - likewise
    assert row["as_at_date"] == date(2021, 9, 30)
    assert row["control_projected_gbp"] == Decimal("1087300.10")
    assert (row["block_count"], row["warn_count"]) == (0, 1)
    assert row["refusal_code"] is None
    assert "somebody" not in everything


def test_findings_are_numbered_and_have_nulls_for_what_they_do_not_name(warehouse: Warehouse):
    warehouse.receive(AH)
    refusal = Finding("D01", Severity.BLOCK, "Send the workbook.", code="format-not-supported")
    warehouse.judge(AH, "refused", refusal_code=refusal.code, findings=(WARNING, refusal), fields={})
    warehouse.load()

    with warehouse.read() as connection:
        rows = connection.table("raw.finding").order("finding_no").fetchall()
    assert rows == [
        (AH, 1, "D22", "W", "Savings", "J2", "AH-21-001", "baseline_gbp", None, WARNING.message, None),
        (AH, 2, "D01", "B", None, None, None, None, None, "Send the workbook.", "format-not-supported"),
    ]


def test_lines_of_accepted_and_withdrawn_returns_are_loaded_and_those_of_held_ones_are_not(warehouse: Warehouse):
    for submission_id, verdict in ((AH, "accepted"), (CH, "accepted"), (PL, "held")):
        warehouse.receive(submission_id)
        warehouse.write(submission_id, line("AH-21-001", 100, 60), headers={"saving_ref": f"Ref {submission_id}"})
        warehouse.judge(submission_id, verdict)
    withdrawal = {"submission_id": CH, "post": "Head of finance", "os_account": "hf", "reason": "wrong period"}
    warehouse.ledger.record(warehouse.clock, Withdrawn(**withdrawal))
    counts = warehouse.load().rows

    with warehouse.read() as connection:
        states = connection.sql("select submission_id, state, withdrawn_at is not null from raw.submission").fetchall()
        lines = connection.sql(
            "select submission_id, projected_gbp, projected_gbp_cell from raw.savings_line"
        ).fetchall()
    assert sorted(states) == [(AH, "accepted", False), (CH, "withdrawn", True), (PL, "held", False)]
    assert sorted(lines) == [(AH, Decimal("60.00"), "P2"), (CH, Decimal("60.00"), "P2")]
    assert counts["raw.savings_line"] == 2
    assert counts["raw.pipeline"] == 0


def test_a_file_without_a_verdict_is_in_no_table(warehouse: Warehouse):
    warehouse.receive(AH)

    assert warehouse.load().rows["raw.submission"] == 0


def test_accepted_lines_that_are_gone_are_an_error(warehouse: Warehouse):
    warehouse.receive(AH)
    warehouse.judge(AH, "accepted")

    with pytest.raises(FileNotFoundError, match=AH):
        warehouse.load()


def test_the_folder_in_force_and_the_one_before_are_told_apart_by_their_spans(warehouse: Warehouse, tmp_path: Path):
    changed = tmp_path / "reference"
    shutil.copytree(bundled_reference(), changed)
    with (changed / "theme.csv").open("a") as stream:
        stream.write("T9,A ninth theme,9,a test\n")
    for folder in (bundled_reference(), changed, bundled_reference()):
        warehouse.adopt(folder)
    warehouse.load()

    with warehouse.read() as connection:
        spans = connection.sql("select known_from_at, known_to_at from reference.theme where code = 'T9'").fetchall()
        others = connection.sql("select distinct known_from_at, known_to_at from reference.theme where code <> 'T9'")
        once = others.fetchall()
    moments = [datetime(2021, 10, 8, hour) for hour in (12, 13, 14)]  # noqa: DTZ001 - UTC without zone
    assert spans == [(moments[1], moments[2])]
    assert once == [(moments[0], None)]


def test_a_folder_of_the_past_that_a_rule_of_today_would_refuse_is_loaded_as_it_was(
    warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R40. Nobody can correct it in the vault: an upgrade would keep the warehouse from being built for ever."""
    old = copy_of_bundled(tmp_path / "old")
    add_rows(old, "setting", ["a_setting_that_is_none,1,Nobody knew"])
    with monkeypatch.context() as before_the_rule:
        before_the_rule.setattr("sources.reference.reference.relation_problems", lambda *_: [])
        warehouse.adopt(old)
    with pytest.raises(ReferenceProblem, match="is not a setting"):
        read_reference(old)
    adopt_reference(read_reference(bundled_reference()), warehouse.ledger, warehouse.clock, signed=SIGNED)
    warehouse.load()

    with warehouse.read() as candidate:
        spans = candidate.execute(
            "select known_to_at is not null from reference.setting where name = 'a_setting_that_is_none'"
        ).fetchall()
    assert spans == [(True,)]


def test_names_of_people_and_posts_of_the_reference_folder_are_not_loaded(warehouse: Warehouse):
    """F-F08."""
    warehouse.adopt(bundled_reference())
    counts = warehouse.load().rows

    assert counts["reference.approved_plan"] > 0
    assert not {"reference.finance_bp", "reference.post"} & set(counts)


def test_free_texts_reach_the_candidate_without_personal_data():
    """F-F08, F-B22."""
    row = {field.name: None for field in line_schema(SAVINGS)} | {
        "source_sheet": "Savings",
        "source_row": 5,
        "row_hash": "x",
        "is_deferred_not_applicable": False,
        "saving_title": "Write to someone@dorset.example",
        "variance_explanation": "Delayed by 40,000; ask someone@dorset.example.",
        "notes": "AB123456C",
    }
    lines = without_personal_data(SAVINGS, to_arrow(SAVINGS, [row])).to_pylist()[0]
    assert "someone@" not in lines["variance_explanation"]
    assert "Delayed by 40,000" in lines["variance_explanation"]
    assert lines["notes"] == MASK
    assert lines["source_row"] == 5


# --- what is taken from the candidate before ---


def _two_nights(warehouse: Warehouse) -> None:
    """Load and publish one return with a finding; then a second one comes, and a third is refused."""
    warehouse.receive(AH)
    warehouse.write(AH, line("AH-21-001", "2412600", "1087300.10"))
    warehouse.judge(AH, "accepted", findings=(WARNING,))
    warehouse.load()
    warehouse.publish()
    for submission_id, verdict in ((CH, "accepted"), (PL, "refused")):
        warehouse.receive(submission_id)
        warehouse.write(submission_id, line(f"{submission_id[:2]}-21-001", "10", "5"))
        warehouse.judge(submission_id, verdict, findings=(WARNING,))


def test_with_rows_of_the_candidate_before_a_load_comes_to_what_it_comes_to_without(warehouse: Warehouse):
    _two_nights(warehouse)
    read = []
    for _ in range(2):
        warehouse.load()
        with warehouse.read() as connection:
            tables = (f"raw.{name}" for name in RAW_TABLES)
            read.append({name: sorted(connection.table(name).fetchall(), key=str) for name in tables})
        warehouse.home.candidate.unlink()

    assert read[0] == read[1]
    assert len(read[0]["raw.savings_line"]) == 2
    assert len(read[0]["raw.finding"]) == 3


def test_lines_that_were_published_are_not_read_again(warehouse: Warehouse):
    _two_nights(warehouse)
    shutil.rmtree(warehouse.home.lines / AH)

    assert warehouse.load().rows["raw.savings_line"] == 2


def test_the_lines_of_a_published_return_are_known_without_its_file(warehouse: Warehouse):
    """Ruling C8: of a return that came since, they are in its file alone."""
    _two_nights(warehouse)
    history = LedgerHistory(warehouse.home, warehouse.ledger, warehouse.kept_keys)
    read = [list(past.keys) for past in LedgerHistory(warehouse.home, warehouse.ledger).returns()]
    shutil.rmtree(warehouse.home.lines / AH)

    assert [list(past.keys) for past in history.returns()] == read
    assert list(warehouse.kept_keys()) == [AH]
    assert list(warehouse.kept_keys()[AH]) == [("AH-21-001", "2021/22")]


@pytest.mark.parametrize("but", ["altered", "other code", "not published", "not there"])
def test_nothing_is_taken_of_a_candidate_that_is_not_the_one_published_by_this_code(warehouse: Warehouse, but: str):
    """F-F15, F-E04, F-E06."""
    _two_nights(warehouse)
    if but == "altered":
        with scratch.change(warehouse.home.candidate) as connection:
            connection.execute("update raw.savings_line set saving_title = 'Forged'")
    elif but == "not published":
        warehouse.load()
    elif but == "not there":
        warehouse.home.candidate.unlink()
    shutil.rmtree(warehouse.home.lines / AH)

    code = "other" if but == "other code" else "c"
    assert warehouse.kept_keys(code) == {}
    with pytest.raises(FileNotFoundError):
        warehouse.load(code)
