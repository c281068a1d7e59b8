"""The grammar of amounts: each line of the decision table, and that no amount is ever read as another."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.grammar.money import LIMIT, PENNY, parse_integer, parse_money
from sources.grammar.parsed import NoteKind, NotParsed, ParsedMoney, Problem
from sources.reader.cells import Cell, CellKind
from tests.words import said


def cell(text: str, kind: CellKind = CellKind.TEXT, number_format: str = "General") -> Cell:
    return Cell("K14", 14, 11, kind, text, None, number_format)


def number(text: str, number_format: str = "General") -> Cell:
    return cell(text, CellKind.NUMBER, number_format)


def read(text: str, **allowed: bool) -> ParsedMoney:
    parsed = parse_money(cell(text), **allowed)
    assert isinstance(parsed, ParsedMoney), parsed
    return parsed


def problem(read_cell: Cell, **allowed: bool) -> Problem:
    parsed = parse_money(read_cell, **allowed)
    assert isinstance(parsed, NotParsed), parsed
    assert said(parsed).wrong
    assert said(parsed).remedy.endswith(".")
    return parsed.problem


@pytest.mark.parametrize(
    ("text", "pounds"),
    [
        ("1234", "1234.00"),
        ("1,234", "1234.00"),
        ("£1,234", "1234.00"),
        ("£ 1,234", "1234.00"),
        ("£1234.50", "1234.50"),
        ("1 234", "1234.00"),
        ("1\u00a0234", "1234.00"),
        ("1\u202f234\u202f567", "1234567.00"),
        ("  1234  ", "1234.00"),
        ("1,234-", "-1234.00"),
        ("-1,234", "-1234.00"),
        ("-£1,234", "-1234.00"),
        ("£-1,234", "-1234.00"),
        ("\u22121,234", "-1234.00"),
        ("\u20131,234", "-1234.00"),
        ("(1,234)", "-1234.00"),
        ("(£1,234)", "-1234.00"),
        ("£ (1,234.5)", "-1234.50"),
        (".5", "0.50"),
        ("007", "7.00"),
        ("0", "0.00"),
        ("999,999,999,999.99", "999999999999.99"),
    ],
)
def test_an_amount_is_read_to_the_penny_without_a_word(text: str, pounds: str) -> None:
    """F-A18."""
    parsed = read(text)
    assert (parsed.value, parsed.notes) == (Decimal(pounds), ())
    assert parsed.value is not None
    assert parsed.value.as_tuple().exponent == -2


@pytest.mark.parametrize(
    ("text", "pounds", "kind"),
    [
        ("1.2m", "1200000.00", NoteKind.SHORTHAND_MILLION),
        ("£1.2m", "1200000.00", NoteKind.SHORTHAND_MILLION),
        ("£1.2 M", "1200000.00", NoteKind.SHORTHAND_MILLION),
        ("(1.2m)", "-1200000.00", NoteKind.SHORTHAND_MILLION),
        ("500k", "500000.00", NoteKind.SHORTHAND_THOUSAND),
        ("1,234K", "1234000.00", NoteKind.SHORTHAND_THOUSAND),
        ("-", "0.00", NoteKind.NIL),
        ("\u2013", "0.00", NoteKind.NIL),
        ("nil", "0.00", NoteKind.NIL),
        ("Nil", "0.00", NoteKind.NIL),
        (" ZERO ", "0.00", NoteKind.NIL),
        ("£ -", "0.00", NoteKind.NIL),
        ("1.0050", "1.01", NoteKind.ROUNDED),
        ("2.344999", "2.34", NoteKind.ROUNDED),
    ],
)
def test_shorthand_is_read_and_shown_back(text: str, pounds: str, kind: NoteKind) -> None:
    """F-A18."""
    parsed = read(text)
    assert (parsed.value, [note.kind for note in parsed.notes]) == (Decimal(pounds), [kind])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TBC", Problem.PLACEHOLDER),
        ("tba", Problem.PLACEHOLDER),
        ("?", Problem.PLACEHOLDER),
        ("see  note", Problem.PLACEHOLDER),
        ("Ongoing", Problem.PLACEHOLDER),
        ("[x]", Problem.PLACEHOLDER),
        ("N/A", Problem.NOT_APPLICABLE),
        ("not applicable", Problem.NOT_APPLICABLE),
        ("[z]", Problem.NOT_APPLICABLE),
        ("1,870 est", Problem.NUMBER_AND_TEXT),
        ("c.£500k", Problem.NUMBER_AND_TEXT),
        ("500 approx", Problem.NUMBER_AND_TEXT),
        ("~500", Problem.NUMBER_AND_TEXT),
        ("1.2 million", Problem.NUMBER_AND_TEXT),
        ("1,23", Problem.NUMBER_AND_TEXT),
        ("1.234.567", Problem.NUMBER_AND_TEXT),
        ("1234,56", Problem.NUMBER_AND_TEXT),
        ("1e20", Problem.NUMBER_AND_TEXT),
        ("500²", Problem.NUMBER_AND_TEXT),
        ("١٢٣", Problem.NUMBER_AND_TEXT),
        ("1_000", Problem.NUMBER_AND_TEXT),
        ("100\n200", Problem.NUMBER_AND_TEXT),
        ("30/09/2021", Problem.NUMBER_AND_TEXT),
        ("-(5)", Problem.NUMBER_AND_TEXT),
        ("-5-", Problem.NOT_A_NUMBER),
        ("--5", Problem.NOT_A_NUMBER),
        ("$5", Problem.NUMBER_AND_TEXT),
        ("nan", Problem.NOT_A_NUMBER),
        ("Infinity", Problem.NOT_A_NUMBER),
        ("£8-10m", Problem.RANGE),
        ("£8m to £10m", Problem.RANGE),
        ("5%", Problem.PERCENT),
        ("1,000,000,000,000", Problem.TOO_LARGE),
        ("0.1234567890123456", Problem.TOO_LARGE),
        ("#REF!", Problem.CELL_ERROR),
    ],
)
def test_what_is_no_plain_amount_is_refused_and_never_split(text: str, expected: Problem) -> None:
    """F-A18."""
    assert problem(cell(text)) is expected


def test_a_blank_is_unknown_and_not_nought() -> None:
    blanks = [None, cell(""), cell(" \u00a0 ")]
    assert [parse_money(blank) for blank in blanks] == [ParsedMoney(None)] * 3


def test_na_is_nought_only_where_it_is_allowed() -> None:
    parsed = read("n/a", is_not_applicable_allowed=True)
    assert (parsed.value, parsed.has(NoteKind.NOT_APPLICABLE)) == (Decimal(0), True)


def test_tbc_is_a_blank_with_a_note_in_an_optional_column() -> None:
    parsed = read("TBC", is_optional=True)
    assert (parsed.value, parsed.has(NoteKind.NOT_STATED)) == (None, True)


def test_a_word_for_nought_is_no_baseline() -> None:
    assert problem(cell("nil"), is_nil_allowed=False) is Problem.NIL


@pytest.mark.parametrize(
    ("read_cell", "expected"),
    [
        (cell("#DIV/0!", CellKind.ERROR), Problem.CELL_ERROR),
        (Cell("A1", 1, 1, CellKind.EMPTY, "", "SUM(B1)"), Problem.NOT_CALCULATED),
        (cell("2021-09-30", CellKind.DATE), Problem.IS_A_DATE),
        (cell("1", CellKind.BOOLEAN), Problem.NOT_A_NUMBER),
        (number("INF"), Problem.NOT_A_NUMBER),
        (number("NaN"), Problem.NOT_A_NUMBER),
        (number("1E+20"), Problem.TOO_LARGE),
        (number("1E+308"), Problem.TOO_LARGE),
        (number("0.5", "0%"), Problem.PERCENT),
        (number("500", '0"k"'), Problem.UNIT_IN_FORMAT),
        (number("1.2", '"£"0.0"m"'), Problem.UNIT_IN_FORMAT),
        (number("5", '0",000"'), Problem.UNIT_IN_FORMAT),
        (number("500", '"TBC"'), Problem.PLACEHOLDER),
    ],
)
def test_a_cell_that_shows_no_plain_amount_is_refused(read_cell: Cell, expected: Problem) -> None:
    """F-A16, F-A17, F-A21: neither infinite nor too large."""
    assert problem(read_cell) is expected


@pytest.mark.parametrize(
    ("text", "pounds", "exact"),
    [
        ("0.30000000000000004", "0.30", "0.3"),
        ("1.0049999999999999", "1.01", "1.005"),
        ("510500.5", "510500.50", "510500.5"),
        ("2.675", "2.68", "2.675"),
        ("-2.675", "-2.68", "-2.675"),
        ("1E-7", "0.00", "0.0000001"),
        ("1.5E+5", "150000.00", "150000"),
    ],
)
def test_a_number_is_taken_at_excels_15_digits_then_rounded_half_up(text: str, pounds: str, exact: str) -> None:
    """F-A21."""
    parsed = parse_money(number(text))
    assert isinstance(parsed, ParsedMoney)
    assert (parsed.value, parsed.exact) == (Decimal(pounds), Decimal(exact))


@pytest.mark.parametrize(
    ("text", "number_format", "kinds"),
    [
        ("2393000", "#,##0,", [NoteKind.SCALED_FORMAT]),
        ("1200000", '0.0,,"m"', [NoteKind.SCALED_FORMAT]),
        ("0", ";;;", []),
        ("0", '#,##0;-#,##0;"nil"', [NoteKind.NIL]),
        ("1234", '_-[$£-809]* #,##0.00_-;-[$£-809]* #,##0.00_-;_-[$£-809]* "-"??_-;_-@_-', []),
        ("-1234", "#,##0;[Red](#,##0)", []),
        ("5", "0.00E+00", []),
        ("5", "@", []),
    ],
)
def test_what_the_format_does_to_a_number_is_said_and_the_number_stays(
    text: str, number_format: str, kinds: list[NoteKind]
) -> None:
    parsed = parse_money(number(text, number_format))
    assert isinstance(parsed, ParsedMoney)
    assert (parsed.value, [note.kind for note in parsed.notes]) == (Decimal(text), kinds)


# Every amount that the warehouse can hold, in pence.
AMOUNTS = st.integers(-(10**14) + 1, 10**14 - 1).map(lambda pence: Decimal(pence) / 100)
SPACES = st.sampled_from(["", " ", "\u00a0", "\u2009"])
MINUS = st.sampled_from(["-", "\u2212", "\u2013", "\u2010"])


@st.composite
def written_amounts(draw: st.DrawFn) -> tuple[str, Decimal]:
    """An amount, and one of the ways in which Excel or an officer writes it."""
    amount = draw(AMOUNTS)
    separator = draw(st.sampled_from(["", ",", " ", "\u00a0", "\u202f"]))
    digits = f"{abs(amount):,.2f}".replace(",", separator)
    body = draw(st.sampled_from(["", "£"])) + draw(SPACES) + digits
    if amount >= 0:
        return draw(SPACES) + body + draw(SPACES), amount
    minus = draw(MINUS)
    return draw(st.sampled_from([f"{minus}{body}", f"({body})", f"{body}{minus}", f"£ ({digits})"])), amount


@given(written_amounts())
def test_an_amount_is_read_as_it_was_written_however_it_was_written(written: tuple[str, Decimal]) -> None:
    text, amount = written
    assert read(text).value == amount


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_cell_is_that_number_at_15_digits_or_refused(value: float) -> None:
    parsed = parse_money(number(repr(value)))
    fifteen = Decimal(f"{value:.14e}")
    if isinstance(parsed, NotParsed):
        assert abs(fifteen) >= LIMIT
    else:
        # Python rounds the binary tail half to even; the two agree to the last of 15 digits.
        assert parsed.exact is not None
        assert abs(parsed.exact - Decimal(repr(value))) <= abs(fifteen) * Decimal("1e-14")
        assert parsed.value == parsed.exact.quantize(PENNY, ROUND_HALF_UP)


@given(st.text(alphabet="0123456789,. £()-\u2212kKmM%eE+~?\n", max_size=14))
def test_no_text_is_read_as_another_number_than_its_own_digits(text: str) -> None:
    """Whatever is read, every digit of the text is in it, in order, and nothing else is."""
    parsed = parse_money(cell(text), is_nil_allowed=False)
    if isinstance(parsed, NotParsed) or parsed.exact is None:
        return
    factor = {"k": 1000, "m": 1_000_000}.get(text.strip(" \n)-\u2212").lower()[-1:], 1)
    plain = re.sub(r"[^0-9.]", "", text)
    assert abs(parsed.exact) == Decimal(plain) * factor
    assert (parsed.exact < 0) == (any(sign in text for sign in "-\u2212(") and Decimal(plain) != 0)
    assert "\n" not in text.strip()


@given(AMOUNTS, st.text(alphabet='0#?.,%"km_-*;[]()£@ E+', max_size=12))
def test_no_number_format_changes_an_amount(amount: Decimal, number_format: str) -> None:
    parsed = parse_money(number(str(amount), number_format))
    assert isinstance(parsed, NotParsed) or parsed.value == amount


@given(AMOUNTS)
def test_what_was_read_reads_as_itself_again(amount: Decimal) -> None:
    assert read(f"{read(str(amount)).value:,}").value == amount


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("3.0", 3), (" 1,234 ", 1234), ("-2", -2), ("0", 0)])
def test_a_whole_number_is_read_from_text_and_from_a_number(text: str, value: int) -> None:
    assert parse_integer(cell(text)) == parse_integer(number(text.strip().replace(",", "")))
    assert parse_integer(cell(text)).value == value  # type: ignore[union-attr]  # a refusal fails the test


@pytest.mark.parametrize("text", ["2.5", "1.004", "3,000,000,000", "three", "nil"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    assert isinstance(parse_integer(cell(text)), NotParsed)


def test_a_blank_whole_number_is_unknown() -> None:
    assert getattr(parse_integer(None), "value", "refused") is None
