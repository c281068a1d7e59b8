"""Every column of the template meets the grammar of its kind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sources.findings.shown import shown_back
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


# One column of each kind that is read otherwise than the others.
KINDS = list({(column.kind, column.need, column.name == "baseline_gbp"): column for column in COLUMNS}.values())

# What a file may hold where a template has a date, a number or a word, with a number format that may be anything.
MOMENTS = st.datetimes().map(str) | st.dates().map(str) | st.from_regex(r"\d{1,4}([/.-]\d{1,4}){2}( \d\d:\d\d)?")
NUMBERS = st.from_regex(r"-?\d{1,40}(\.\d{0,20})?([eE][+-]?\d{1,20})?", fullmatch=True)
ANY_TEXT = st.text(max_size=60) | MOMENTS | NUMBERS
ANY_FORMAT = st.lists(
    st.sampled_from(
        [";", "0", "#,##0", "@", '"x"', "General", "E+0", "%", ",", "_)", "* ", "\\", "[", "[Red]", "[$€-2]"]
    )
    | NUMBERS.map("[>{}]".format)
    | st.text(max_size=3),
    max_size=8,
).map("".join)


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


@given(st.sampled_from(CellKind), ANY_TEXT, ANY_FORMAT)
@example(CellKind.TEXT, "9999-12-31 23:00", "General")
@example(CellKind.DATE, "9999-12-31T23:00:00", "dd/mm/yyyy")
@example(CellKind.NUMBER, "5", "[>1e9999999999999999999]0;0")
def test_whatever_a_cell_holds_and_shows_is_read_or_refused(kind: CellKind, text: str, number_format: str) -> None:
    """One cell that a grammar trips over would get its whole file refused, and say of no cell why."""
    held = Cell("C3", 3, 3, kind, text, None, number_format)
    for column in KINDS:
        assert isinstance(parse(held, column), Parsed | NotParsed), column.name
        assert len(shown_back(held, column)) <= 40
