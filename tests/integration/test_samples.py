"""The sample returns: written anew they are the same, and they add up to Table 1."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import Workbook, load_workbook

from sources.contract.formulas import EXPLANATION_NEEDED, TO_CORRECT, UNEXPLAINED
from sources.findings.findings import Severity, Verdict
from sources.judging.checks import judge
from sources.judging.history import PreviousReturn
from sources.reader.workbook import read_cells
from sources.reference.reference import bundled_reference, read_reference
from sources.samples.published import SAMPLES
from sources.template.declaration import CONTROL_TOTALS, ROW_COUNT, SAVINGS, START_SHEET
from tests.headings import fields_of, rows_of

TABLE_1 = {
    "AH": {"baseline": 6582000, "counted": 3027000, "deferred": 500000, "unexplained": 3055000},
    "CH": {"baseline": 1870000, "counted": 1870000, "deferred": 0, "unexplained": 0},
    "PL": {"baseline": 2393000, "counted": 510500, "deferred": 1604000, "unexplained": 278500},
}
WORKBOOKS = {code: SAMPLES / "returns" / code / f"TRR_{code}_2021-22_P06_v1.xlsx" for code in TABLE_1}

MEANT_WARNINGS = {
    *((f"AH-21-00{number}", "D56") for number in range(1, 6)),
    *((f"AH-21-00{number}", "D22") for number in (1, 2, 4, 5)),
    ("AH-21-003", "D34"),
    ("PL-21-001", "D22"),
    ("PL-21-003", "D22"),
}


class NoReturnsBefore:
    """A history in which nothing was ever sent."""

    def in_force(self, directorate_code: str, year: str, period: str) -> PreviousReturn | None:
        return None

    def returns(self) -> list[PreviousReturn]:
        return []


def lines(book: Workbook) -> list[dict[str, object]]:
    """Return the filled rows of the Savings sheet by column."""
    return list(rows_of(book, SAVINGS.name))


def pounds(value: object) -> Decimal:
    return Decimal(0) if value in (None, "N/A") else Decimal(str(value))


@pytest.mark.parametrize("code", TABLE_1)
def test_the_lines_add_up_to_table_1(code: str) -> None:
    rows = lines(load_workbook(WORKBOOKS[code], data_only=True))
    baseline = [pounds(row["baseline_gbp"]) for row in rows]
    counted = [min(pounds(row["projected_gbp"]), pounds(row["baseline_gbp"])) for row in rows]
    deferred = [pounds(row["deferred_gbp"]) for row in rows]
    left = [b - c - d for b, c, d in zip(baseline, counted, deferred, strict=True)]
    assert TABLE_1[code] == {
        "baseline": sum(baseline),
        "counted": sum(counted),
        "deferred": sum(deferred),
        "unexplained": sum(left),
    }
    assert min(left) >= 0


@pytest.mark.parametrize("code", TABLE_1)
def test_the_control_totals_are_written_with_what_they_come_to(code: str) -> None:
    """A return that nobody opened in Excel is read all the same."""
    book = load_workbook(WORKBOOKS[code], data_only=True)
    rows, fields = lines(book), fields_of(book)
    assert fields[ROW_COUNT] == len(rows)
    for label, column in CONTROL_TOTALS.items():
        assert pounds(fields[label]) == sum(pounds(row[column]) for row in rows)


@pytest.mark.parametrize("code", TABLE_1)
def test_the_control_totals_and_own_columns_are_live_formulas(code: str) -> None:
    book = load_workbook(WORKBOOKS[code])
    fields = fields_of(book)
    assert all(str(fields[label]).startswith("=") for label in (ROW_COUNT, *CONTROL_TOTALS))
    for row in lines(book):
        assert all(str(row[name]).startswith("=") for name in (TO_CORRECT, UNEXPLAINED, EXPLANATION_NEEDED))


def test_they_hold_what_the_report_is_about() -> None:
    rows = {
        str(row["saving_ref"]): row for path in WORKBOOKS.values() for row in lines(load_workbook(path, data_only=True))
    }
    assert len(rows) == 12
    assert {ref for ref, row in rows.items() if row["deferred_gbp"] == "N/A"} == {"CH-21-001", "CH-21-002", "CH-21-003"}
    assert {ref for ref, row in rows.items() if row["fund_ref"]} == {"AH-21-002", "PL-21-001"}
    over = [ref for ref, row in rows.items() if pounds(row["projected_gbp"]) > pounds(row["baseline_gbp"])]
    assert over == ["AH-21-003"]
    assert {row["plan_year"] for row in rows.values()} == {"2021/22"}


def test_the_projects_of_adults_and_housing_are_marked_as_fund_uses() -> None:
    book = load_workbook(WORKBOOKS["AH"], data_only=True)
    assert all("11.2" in str(row["notes"]) for row in lines(book))
    assert any("11.2" in str(cell.value) for cell in book[START_SHEET]["A"])


@pytest.mark.parametrize("code", TABLE_1)
def test_the_workbook_says_what_is_published_and_what_is_illustrative(code: str) -> None:
    book = load_workbook(WORKBOOKS[code], data_only=True)
    said = " ".join(str(cell.value) for cell in book[START_SHEET]["A"])
    assert "Published:" in said
    assert "Illustrative:" in said


def test_they_were_received_in_london_working_hours_before_they_were_due() -> None:
    with open(SAMPLES / "history.csv", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    moments = [datetime.fromisoformat(row["received_at"]) for row in rows]
    assert moments == sorted(moments)
    assert {SAMPLES / row["file"] for row in rows} == set(WORKBOOKS.values())
    for moment in moments:
        assert moment.utcoffset() == UTC.utcoffset(None)
        assert datetime(2021, 10, 8, tzinfo=UTC) <= moment < datetime(2021, 10, 13, tzinfo=UTC)
        in_london = moment.astimezone(ZoneInfo("Europe/London"))
        assert in_london.weekday() < 5
        assert time(9) <= in_london.time() <= time(17)


def test_every_column_of_the_template_is_there_in_its_order() -> None:
    for path in WORKBOOKS.values():
        header = [cell.value for cell in load_workbook(path)["Savings"][1]]
        assert header == [column.heading for column in SAVINGS.layout]


def test_they_are_accepted_with_the_warnings_that_they_are_meant_to_raise_and_no_other() -> None:
    reference = read_reference(bundled_reference())
    warnings = set()
    with open(SAMPLES / "history.csv", encoding="utf-8", newline="") as stream:
        receipts = list(csv.DictReader(stream))
    for receipt in receipts:
        path = SAMPLES / receipt["file"]
        received_at = datetime.fromisoformat(receipt["received_at"])
        book = read_cells(path, path.name)
        judgement = judge(book, path.parent.name, path.name, received_at, reference, NoReturnsBefore())
        assert judgement.verdict is Verdict.ACCEPTED
        refs = [row["saving_ref"] for row in lines(load_workbook(path, data_only=True))]
        told = [each for each in judgement.findings if each.severity is Severity.WARN]
        warnings |= {(refs[int(each.cell[1:]) - 2], each.rule) for each in told}
        before_certifying = {each.rule for each in judgement.findings if each.severity is not Severity.WARN}
        assert before_certifying == {"D52"}
    assert warnings == MEANT_WARNINGS
