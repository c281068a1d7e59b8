"""Every column of the template meets the grammar of its kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sources.grammar.values import NotParsed, Parsed, ParsedMoney, Problem, parse
from sources.reader.cells import Cell, CellKind
from sources.template.declaration import INVESTMENT, RETURN_FIELDS, SAVINGS, SHEETS, Column, Kind

ENTERED: dict[Kind, tuple[str, object]] = {
    Kind.TEXT: (" a title ", "a title"),
    Kind.NARRATIVE: ("two\nlines", "two\nlines"),
    Kind.REF: ("ah-21-003 ", "AH-21-003"),
    Kind.REF_LIST: ("T1:0.6;T2:0.4", "T1:0.6;T2:0.4"),
    Kind.LIST: ("On track", "On track"),
    Kind.YEAR: ("21/22", "2021/22"),
    Kind.YEAR_OR_MULTIPLE: ("multiple", "Multiple"),
    Kind.PERIOD: ("p6", "P06"),
    Kind.DATE: ("30/09/2021", date(2021, 9, 30)),
    Kind.MONEY: ("£1,234.5", Decimal("1234.50")),
    Kind.MONEY_OR_NA: ("N/A", Decimal("0.00")),
    Kind.INTEGER: ("12", 12),
    Kind.BOOLEAN: ("yes", True),
}
COLUMNS = [*RETURN_FIELDS, *(column for sheet in SHEETS for column in sheet.columns)]


def cell(text: str) -> Cell:
    return Cell("C3", 3, 3, CellKind.TEXT, text)


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_reads_what_its_kind_may_hold(column: Column) -> None:
    text, value = ENTERED[column.kind]
    parsed = parse(cell(text), column)
    assert isinstance(parsed, Parsed), parsed
    assert parsed.value == value
    assert parse(None, column) in (Parsed(None), ParsedMoney(None))


@pytest.mark.parametrize(
    ("column", "text", "expected"),
    [
        (SAVINGS.column("baseline_gbp"), "nil", Problem.NIL),
        (SAVINGS.column("baseline_gbp"), "TBC", Problem.PLACEHOLDER),
        (SAVINGS.column("projected_gbp"), "TBC", Problem.PLACEHOLDER),
        (SAVINGS.column("undeliverable_gbp"), "N/A", Problem.NOT_APPLICABLE),
        (SAVINGS.column("plan_year"), "Multiple", Problem.NOT_A_YEAR),
        (SAVINGS.column("saving_title"), "x" * 121, Problem.TOO_LONG),
    ],
)
def test_a_column_refuses_what_only_another_may_hold(column: Column, text: str, expected: Problem) -> None:
    parsed = parse(cell(text), column)
    assert isinstance(parsed, NotParsed)
    assert parsed.problem is expected


def test_tbc_is_a_blank_in_an_optional_amount_alone() -> None:
    parsed = parse(cell("TBC"), INVESTMENT.column("forecast_gbp"))
    assert isinstance(parsed, ParsedMoney)
    assert parsed.value is None


def test_nil_is_nought_in_an_amount_that_is_no_baseline() -> None:
    parsed = parse(cell("nil"), SAVINGS.column("deferred_gbp"))
    assert isinstance(parsed, ParsedMoney)
    assert parsed.value == Decimal(0)
