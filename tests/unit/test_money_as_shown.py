"""Whatever Excel or LibreOffice shows for a number is read as that exact number, or refused: never as another.

Here belong numbers through number formats: as a number cell, and as the text that someone typed or
pasted from the screen, in British settings. Not here: the grammar line by line (``test_money``).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from sources.grammar.money import LIMIT, PENNY, parse_money
from sources.grammar.parsed import NoteKind, NotParsed, ParsedMoney, Problem
from sources.reader.cells import Cell, CellKind

THOUSAND, MILLION = Decimal(1_000), Decimal(1_000_000)
# As many digits as Excel keeps, twelve of them before the point.
NUMBERS = st.tuples(st.integers(-(10**15) + 1, 10**15 - 1), st.integers(3, 8)).map(
    lambda parts: Decimal(parts[0]).scaleb(-parts[1])
)


def as_number(value: Decimal, number_format: str) -> ParsedMoney | NotParsed:
    return parse_money(Cell("K14", 14, 11, CellKind.NUMBER, str(value), None, number_format))


def as_text(text: str) -> ParsedMoney | NotParsed:
    return parse_money(Cell("K14", 14, 11, CellKind.TEXT, text))


def rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def grouped(value: Decimal, places: int, comma: str = ",") -> str:
    return f"{abs(rounded(value, places)):,f}".replace(",", comma)


def sign(value: Decimal, places: int, minus: str = "-") -> str:
    return minus if rounded(value, places) < 0 else ""


def brackets(value: Decimal, body: str, places: int) -> str:
    return f"({body})" if rounded(value, places) < 0 else body


# By its name a format: what is shown of a number, and the exact number that this says.
Shown = Callable[[Decimal], tuple[str, Decimal]]
READABLE: dict[str, Shown] = {
    "0": lambda n: (f"{rounded(n, 0):f}", rounded(n, 0)),
    "0.00": lambda n: (f"{rounded(n, 2):f}", rounded(n, 2)),
    "#,##0": lambda n: (sign(n, 0) + grouped(n, 0), rounded(n, 0)),
    "#,##0.00": lambda n: (sign(n, 2) + grouped(n, 2), rounded(n, 2)),
    "#,##0.000": lambda n: (sign(n, 3) + grouped(n, 3), rounded(n, 3)),
    "#,##0.00;(#,##0.00)": lambda n: (brackets(n, grouped(n, 2), 2), rounded(n, 2)),
    "#,##0;#,##0-": lambda n: (grouped(n, 0) + sign(n, 0), rounded(n, 0)),
    "£#,##0.00": lambda n: (f"{sign(n, 2)}£{grouped(n, 2)}", rounded(n, 2)),
    "£#,##0.00 of LibreOffice": lambda n: (f"{sign(n, 2, chr(0x2212))}£{grouped(n, 2)}", rounded(n, 2)),
    "£#,##0;£-#,##0": lambda n: (f"£{sign(n, 0)}{grouped(n, 0)}", rounded(n, 0)),
    "£ (#,##0.00)": lambda n: (f" £ {brackets(n, grouped(n, 2), 2)} ", rounded(n, 2)),
    "no-break spaces for thousands": lambda n: (sign(n, 2) + grouped(n, 2, chr(0xA0)), rounded(n, 2)),
    "narrow spaces for thousands": lambda n: (sign(n, 2) + grouped(n, 2, chr(0x202F)), rounded(n, 2)),
    '#,##0.0,"k"': lambda n: (
        f"{sign(n / THOUSAND, 1)}{grouped(n / THOUSAND, 1)}k",
        rounded(n / THOUSAND, 1) * THOUSAND,
    ),
    '£0.00,,"m"': lambda n: (
        f"{sign(n / MILLION, 2)}£{abs(rounded(n / MILLION, 2)):f}m",
        rounded(n / MILLION, 2) * MILLION,
    ),
}
# What another convention means by its marks is not guessed.
REFUSED: dict[str, Callable[[Decimal], str]] = {
    "0.00%": lambda n: f"{rounded(n * 100, 2):f}%",
    "0.00E+00": lambda n: f"{n:.2E}",
    "General, too wide": lambda n: f"{n:.5E}",
    "a column too narrow": lambda _: "########",
    "# ?/?": lambda n: f"{rounded(n, 0):f} 1/2",
    "$#,##0.00": lambda n: f"{sign(n, 2)}${grouped(n, 2)}",
    "[$GBP] #,##0.00": lambda n: f"GBP {sign(n, 2)}{grouped(n, 2)}",
    '#,##0.00" CR"': lambda n: f"{grouped(n, 2)} CR",
    '#,##0.0,,"bn"': lambda n: f"{grouped(n, 1)}bn",
    "+#,##0": lambda n: f"+{grouped(n, 0)}",
    "#.##0,00 of the continent": lambda n: (
        sign(n, 2) + grouped(n + 1000 * (1 if n >= 0 else -1), 2).translate({ord(","): ".", ord("."): ","})
    ),
    "#'##0.00 of Switzerland": lambda n: sign(n, 2) + grouped(n + 1000 * (1 if n >= 0 else -1), 2, "'"),
}


@pytest.mark.parametrize("name", READABLE)
@given(number=NUMBERS)
def test_a_number_as_it_is_shown_is_read_as_what_it_shows(name: str, number: Decimal) -> None:
    text, shown = READABLE[name](number)
    parsed = as_text(text)
    if isinstance(parsed, NotParsed):
        assert abs(shown) >= LIMIT or parsed.problem is Problem.TWO_READINGS
        return
    assert (parsed.exact, parsed.value) == (shown, shown.quantize(PENNY, ROUND_HALF_UP))


@pytest.mark.parametrize("name", REFUSED)
@given(number=NUMBERS)
def test_what_is_shown_in_another_way_is_refused(name: str, number: Decimal) -> None:
    assert isinstance(as_text(REFUSED[name](number)), NotParsed)


@pytest.mark.parametrize(
    "number_format", sorted({each for each in BUILTIN_FORMATS.values() if not is_date_format(each)})
)
@given(number=NUMBERS)
def test_excels_own_formats_leave_a_number_what_it_is_or_are_refused(number_format: str, number: Decimal) -> None:
    parsed = as_number(number, number_format)
    is_refused = any(mark in number_format for mark in ("%", "/", '"$"'))
    assert isinstance(parsed, NotParsed) == is_refused
    if isinstance(parsed, ParsedMoney):
        assert (parsed.exact, parsed.value) == (number, rounded(number, 2))


@given(NUMBERS, st.sampled_from([",", ",,"]), st.sampled_from(["", '"k"', '"m"', '" million"', "\\k"]))
def test_a_number_that_is_shown_scaled_is_the_number_and_not_what_is_shown(
    number: Decimal, commas: str, unit: str
) -> None:
    parsed = as_number(number, f"#,##0.0{commas}{unit}")
    if isinstance(parsed, ParsedMoney):
        assert parsed.exact == number
        assert parsed.has(NoteKind.SCALED_FORMAT)


@given(NUMBERS, st.sampled_from(['0"k"', '#,##0" thousand"', '£0.0"m"', '0"000"', '0",000"']))
def test_a_unit_or_digits_that_the_format_adds_are_refused(number: Decimal, number_format: str) -> None:
    assert isinstance(as_number(number, number_format), NotParsed)
