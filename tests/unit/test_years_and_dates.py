"""The grammars of financial years, reporting periods and dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.grammar.dates import parse_date
from sources.grammar.parsed import NotParsed, Parsed, Problem
from sources.grammar.years import parse_period, parse_year, parse_year_or_multiple, start_year, year_starting
from sources.reader.cells import Cell, CellKind
from tests.words import said

PROGRAMME = {1: "2021/22", 2: "2022/23"}


def cell(text: str, kind: CellKind = CellKind.TEXT) -> Cell:
    return Cell("E5", 5, 5, kind, text)


def value_of(parsed: Parsed[object] | NotParsed) -> object:
    assert isinstance(parsed, Parsed), parsed
    assert parsed.notes == ()
    return parsed.value


def problem_of(parsed: Parsed[object] | NotParsed) -> Problem:
    assert isinstance(parsed, NotParsed), parsed
    return parsed.problem


@pytest.mark.parametrize(
    "text",
    [
        "2021/22",
        "2021-22",
        "21/22",
        "21-22",
        "2021/2022",
        "FY21/22",
        "FY 2021-22",
        "fy2021/22",
        "2021\u201322",
        "2021 / 22",
        "2021 to 2022",
        "  2021/22\u00a0",
        "Yr 1",
        "year 1",
        "FYE March 2022",
        "FYE 31 March 2022",
    ],
)
def test_a_financial_year_is_read_however_it_is_written(text: str) -> None:
    assert value_of(parse_year(cell(text), PROGRAMME)) == "2021/22"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FY22", Problem.AMBIGUOUS_YEAR),
        ("FY2022", Problem.AMBIGUOUS_YEAR),
        ("FYE 2022", Problem.AMBIGUOUS_YEAR),
        ("2022", Problem.AMBIGUOUS_YEAR),
        ("22", Problem.AMBIGUOUS_YEAR),
        ("2021/23", Problem.NOT_A_YEAR),
        ("2022/21", Problem.NOT_A_YEAR),
        ("2021/2", Problem.NOT_A_YEAR),
        ("1921/22", Problem.NOT_A_YEAR),
        ("Yr 9", Problem.NOT_A_YEAR),
        ("next year", Problem.NOT_A_YEAR),
        ("2021/22 and 2022/23", Problem.NOT_A_YEAR),
        ("Mar-21", Problem.IS_A_DATE),
        ("21-Mar", Problem.IS_A_DATE),
        ("21/22/2021", Problem.IS_A_DATE),
        ("#N/A", Problem.CELL_ERROR),
    ],
)
def test_a_year_that_could_be_two_is_refused(text: str, expected: Problem) -> None:
    assert problem_of(parse_year(cell(text), PROGRAMME)) is expected


def test_a_year_that_excel_made_a_date_of_is_refused_with_how_to_type_it() -> None:
    parsed = parse_year(cell("2022-12-21", CellKind.DATE))
    assert problem_of(parsed) is Problem.IS_A_DATE
    assert isinstance(parsed, NotParsed)
    assert "Text" in said(parsed).remedy


def test_a_number_is_no_year() -> None:
    assert problem_of(parse_year(cell("2021", CellKind.NUMBER))) is Problem.AMBIGUOUS_YEAR
    assert problem_of(parse_year(cell("202122", CellKind.NUMBER))) is Problem.NOT_A_YEAR


def test_a_programme_year_is_refused_where_the_programme_is_not_known() -> None:
    assert problem_of(parse_year(cell("Yr 1"))) is Problem.NOT_A_YEAR


def test_multiple_is_a_word_only_where_it_is_allowed() -> None:
    assert value_of(parse_year_or_multiple(cell(" multiple "))) == "Multiple"
    assert value_of(parse_year_or_multiple(cell("2022/23"))) == "2022/23"
    assert problem_of(parse_year(cell("Multiple"))) is Problem.NOT_A_YEAR


@given(st.integers(2000, 2098), st.sampled_from(["/", "-", "\u2013", " to "]), st.booleans(), st.booleans())
def test_every_year_reads_as_itself(start: int, mark: str, is_short: bool, has_prefix: bool) -> None:
    first = f"{start % 100:02d}" if is_short else str(start)
    text = f"{'FY ' if has_prefix else ''}{first}{mark}{(start + 1) % 100:02d}"
    year = value_of(parse_year(cell(text)))
    assert year == year_starting(start)
    assert start_year(str(year)) == start


@given(st.text(max_size=12))
def test_any_text_is_a_year_or_a_refusal(text: str) -> None:
    parsed = parse_year(cell(text))
    if isinstance(parsed, Parsed) and parsed.value is not None:
        assert parsed.value == year_starting(start_year(parsed.value))


@pytest.mark.parametrize(("text", "period"), [("P06", "P06"), ("p6", "P06"), (" P 6 ", "P06"), ("P13", "P13")])
def test_a_period_is_read(text: str, period: str) -> None:
    assert value_of(parse_period(cell(text))) == period


@given(st.text(alphabet="Pp 0123456789.Q-", max_size=5))
def test_any_text_is_a_collected_period_with_its_own_digits_or_a_refusal(text: str) -> None:
    parsed = parse_period(cell(text))
    if isinstance(parsed, Parsed) and parsed.value is not None:
        digits = "".join(filter(str.isdigit, text))
        assert parsed.value == f"P{int(digits):02d}"
        assert 1 <= int(digits) <= 13


@pytest.mark.parametrize("text", ["P00", "P14", "6", "Q2", "September", "P1.5"])
def test_what_is_no_period_is_refused_naming_quarter_two(text: str) -> None:
    parsed = parse_period(cell(text))
    assert problem_of(parsed) is Problem.NOT_A_PERIOD
    assert isinstance(parsed, NotParsed)
    assert "P06" in said(parsed).remedy


@pytest.mark.parametrize(
    "read_cell",
    [
        cell("2021-09-30", CellKind.DATE),
        cell("2021-09-30T14:30:00", CellKind.DATE),
        cell("30/09/2021"),
        cell("30/9/21"),
        cell("30.09.2021"),
        cell("30-09-2021"),
        cell("30-Sep-21"),
        cell("30 September 2021"),
        cell("30 sept 2021"),
        cell("2021-09-30"),
        cell("2021-09-30T00:00:00Z"),
        cell("\u00a030\u201309\u20132021 "),
    ],
)
def test_a_date_is_read_day_first(read_cell: Cell) -> None:
    assert value_of(parse_date(read_cell)) == date(2021, 9, 30)


def test_the_day_comes_first_even_where_both_could() -> None:
    assert value_of(parse_date(cell("04/05/2021"))) == date(2021, 5, 4)


@pytest.mark.parametrize(
    ("read_cell", "expected"),
    [
        (cell("05/13/2021"), Problem.MONTH_FIRST),
        (cell("31/02/2021"), Problem.NOT_A_DATE),
        (cell("31/02"), Problem.NOT_A_DATE),
        (cell("00/01/2021"), Problem.NOT_A_DATE),
        (cell("30/09-2021"), Problem.NOT_A_DATE),
        (cell("30 Smarch 2021"), Problem.NOT_A_DATE),
        (cell("September 2021"), Problem.NOT_A_DATE),
        (cell("soon"), Problem.NOT_A_DATE),
        (cell("44469", CellKind.NUMBER), Problem.NOT_A_DATE),
        (cell("09:30:00", CellKind.DATE), Problem.NOT_A_DATE),
        (cell("1 day, 2:30:00", CellKind.DATE), Problem.NOT_A_DATE),
        (cell("########", CellKind.ERROR), Problem.CELL_ERROR),
        (cell("1", CellKind.BOOLEAN), Problem.NOT_A_DATE),
    ],
)
def test_what_is_no_date_is_refused(read_cell: Cell, expected: Problem) -> None:
    assert problem_of(parse_date(read_cell)) is expected


# As Excel and LibreOffice show a date in British settings, and as ISO.
SHOWN_DATES = ["%d/%m/%Y", "%-d/%-m/%y", "%d-%b-%Y", "%d-%b-%y", "%-d %B %Y", "%d %B %Y", "%Y-%m-%d", "%d.%m.%y"]


@given(st.integers(0, 36_000), st.sampled_from(SHOWN_DATES))
def test_every_day_reads_as_itself(days: int, style: str) -> None:
    day = date(2000, 1, 1) + timedelta(days=days)
    assert value_of(parse_date(cell(day.strftime(style)))) == day


@pytest.mark.parametrize("parse", [parse_year, parse_year_or_multiple, parse_period, parse_date])
def test_blanks_are_unknown_and_a_formula_without_result_is_refused(parse: object) -> None:
    assert callable(parse)
    assert [value_of(parse(blank)) for blank in (None, cell("  "))] == [None, None]
    assert problem_of(parse(Cell("A1", 1, 1, CellKind.EMPTY, "", "B1"))) is Problem.NOT_CALCULATED
