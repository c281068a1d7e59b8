"""A number format shows what an amount may be written with, or the cell is refused (ruling B2).

Here belong single formats. Not here: what LibreOffice shows of some hundred of them
(``integration/test_shown_in_libreoffice``).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from sources.grammar.money import parse_money
from sources.grammar.names import parse_code
from sources.grammar.parsed import NoteKind, NotParsed, ParsedMoney, Problem
from sources.reader.cells import Cell, CellKind

ACCOUNTING = '_-[$£-809]* #,##0.00_-;-[$£-809]* #,##0.00_-;_-[$£-809]* "-"??_-;_-@_-'


def amount(text: str, number_format: str, kind: CellKind = CellKind.NUMBER, **rules: bool) -> ParsedMoney | NotParsed:
    return parse_money(Cell("K14", 14, 11, kind, text, None, number_format), **rules)


@pytest.mark.parametrize(
    ("text", "number_format"),
    [
        ("1234", "General"),
        ("1234", "General_)"),
        ("1234.5", ACCOUNTING),
        ("0", ACCOUNTING),
        ("0", '#,##0;(#,##0);"£ -"'),
        ("1234", "[$GBP] #,##0"),
        ("1234", '#,##0 "GBP"'),
        ("1234", "+#,##0;-#,##0;0"),
        ("1234", "[Blue][>=1000]#,##0;[Red]#,##0"),
        ("1234", "[Color 12]#\\ ##0"),
        ("5", "0.00E+00"),
        ("5", '[=5]0;"TBC"'),
        ("1234", '£#,##0;[Red]"overspend" #,##0'),
        ("0", ";;;"),
        ("0", "#"),
        ("0", "#,##0;-#,##0;"),
        ("1234", "00000"),
    ],
)
def test_what_an_amount_is_written_with_may_be_printed(text: str, number_format: str) -> None:
    parsed = amount(text, number_format)
    assert isinstance(parsed, ParsedMoney), parsed
    assert (parsed.exact, parsed.notes) == (Decimal(text), ())


@pytest.mark.parametrize(
    ("text", "number_format"),
    [
        ("2393000", "#,##0,"),
        ("2393000", '#,##0,"k"'),
        ("2393000", "£0.0,,\\m"),
        ("2393000", '0.000,,,"bn"'),
        ("2393000", '[>=1000000]£0.00,,"m";#,##0'),
        ("2393000", "#,##0, K"),
    ],
)
def test_a_unit_that_the_formats_own_scaling_accounts_for_is_said(text: str, number_format: str) -> None:
    parsed = amount(text, number_format)
    assert isinstance(parsed, ParsedMoney), parsed
    assert (parsed.exact, [note.kind for note in parsed.notes]) == (Decimal(text), [NoteKind.SCALED_FORMAT])


@pytest.mark.parametrize(
    "number_format",
    [
        '#,##0 "FTE"',
        "#,##0 \\F\\T\\E",
        "[$€-2] #,##0",
        "[$USD] #,##0",
        "$#,##0",
        '"$"#,##0',
        '#,##0"k"',
        '#,##0,"m"',
        '#,##0" thousand"',
        '0"000"',
        "0*0",
        "#,##0p",
        '#,##0"*"',
        '#,##0" p.a."',
        '#,##0" CR"',
        "# ?/?",
        '0"."00',
        '0","0',
        "-#,##0",
        "(#,##0)",
        "#,##0-",
        "000-000",
        "0*-",
        "[DBNum1]0",
        '[>100]#,##0" days";#,##0',
        ";;;",
        ";-0",
        '"-"',
        '"5"',
        '"£5"',
        "‰0",
    ],
)
def test_what_no_amount_is_written_with_is_refused(number_format: str) -> None:
    parsed = amount("1234", number_format)
    assert isinstance(parsed, NotParsed), parsed
    assert parsed.problem is Problem.UNIT_IN_FORMAT


@pytest.mark.parametrize("text", ["0", "1234"])
def test_a_word_that_the_format_shows_is_as_if_it_were_typed_there(text: str) -> None:
    taken = amount(text, '"N/A"', is_not_applicable_allowed=True)
    assert isinstance(taken, ParsedMoney)
    assert (taken.value, taken.has(NoteKind.NOT_APPLICABLE)) == (Decimal(0), True)
    for word, problem in (
        ("N/A", Problem.NOT_APPLICABLE),
        ("TBC", Problem.PLACEHOLDER),
        ("soon", Problem.NOT_A_NUMBER),
    ):
        refused = amount(text, f'"{word}"')
        assert isinstance(refused, NotParsed)
        assert refused.problem is problem


@pytest.mark.parametrize(
    ("text", "number_format", "value"),
    [
        ("25", '@"k"', 25_000),
        ("25", '0;0;0;"£"@', 25),
        ("25", "@", 25),
        ("25", ACCOUNTING, 25),
        ("25", "0;0;0;", None),
        ("25", '0;0;0;"about" @', None),
        ("25", '0;0;0;"TBC"', None),
    ],
)
def test_a_text_is_read_with_what_its_format_adds_to_it(text: str, number_format: str, value: int | None) -> None:
    parsed = amount(text, number_format, CellKind.TEXT)
    assert getattr(parsed, "value", None) == value


@pytest.mark.parametrize("text", ["45.250", "£1.234", "-45.250", "(45.250)", "(£45.250)", " 999.999 ", "45.250-"])
def test_a_text_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    """Ruling B3."""
    parsed = amount(text, "General", CellKind.TEXT)
    assert isinstance(parsed, NotParsed)
    assert parsed.problem is Problem.TWO_READINGS


@pytest.mark.parametrize("text", ["45.25", "45.2500", "0.250", "1234.250", "1,234.250", "45.250k", "1.250m"])
def test_a_text_that_can_be_read_in_one_way_is_read(text: str) -> None:
    """Ruling B3: nobody writes thousands so."""
    assert isinstance(amount(text, "General", CellKind.TEXT), ParsedMoney)


def test_a_number_cell_is_what_it_is() -> None:
    """Ruling B3."""
    parsed = amount("45.25", "0.000")
    assert isinstance(parsed, ParsedMoney)
    assert parsed.value == Decimal("45.25")


@pytest.mark.parametrize(
    ("text", "number_format", "code"),
    [
        ("42", "00000", "00042"),
        ("42", "General", "42"),
        ("123456", "00000", "123456"),
        ("1" * 15, "0", "1" * 15),
        ("1" * 16, "0", None),
    ],
)
def test_a_code_that_is_a_number_is_read_as_it_is_shown(text: str, number_format: str, code: str | None) -> None:
    """Ruling B10."""
    parsed = parse_code(Cell("A1", 1, 1, CellKind.NUMBER, text, None, number_format))
    assert getattr(parsed, "value", None) == code
