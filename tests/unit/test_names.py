"""The grammars of names, lists, references and texts: names forgive noise, references refuse look-alikes."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.grammar.names import (
    code_points,
    match_choice,
    nearest,
    normalise_code,
    normalise_name,
    parse_boolean,
    parse_code,
    parse_text,
    parse_weights,
)
from sources.grammar.parsed import NoteKind, NotParsed, Parsed, Problem
from sources.reader.cells import Cell, CellKind
from tests.words import said


def cell(text: str, kind: CellKind = CellKind.TEXT) -> Cell:
    return Cell("A7", 7, 1, kind, text)


def parsed_code(text: str) -> Parsed[str]:
    parsed = parse_code(cell(text))
    assert isinstance(parsed, Parsed), parsed
    return parsed


@pytest.mark.parametrize(
    "text",
    [
        "Adults & Housing",
        "adults and housing",
        "A\u200bdults  &\u00a0Housing ",
        "Adults\tand\nHousing",
        "ADULTS&HOUSING",
    ],
)
def test_noise_in_a_name_makes_no_difference(text: str) -> None:
    assert normalise_name(text) == "adults and housing"


def test_curly_quotes_and_dashes_make_no_difference_in_a_name() -> None:
    assert normalise_name("Children\u2019s \u2013 phase\u00a01") == normalise_name("children's - Phase 1")


@pytest.mark.parametrize(
    "text",
    [" AH-21-003", "AH-21-003\u00a0", "AH\u201321\u2011003", "ah-21-003", "\uff21\uff28-21-003", "AH\u221221-003"],
)
def test_noise_in_a_reference_is_mended_and_said(text: str) -> None:
    parsed = parsed_code(text)
    assert (parsed.value, parsed.has(NoteKind.TEXT_NOISE)) == ("AH-21-003", True)


def test_a_clean_reference_has_no_note() -> None:
    assert parsed_code("AH-21-003") == Parsed("AH-21-003")


def test_a_number_in_a_code_column_is_its_digits() -> None:
    assert parse_code(cell("410020", CellKind.NUMBER)) == Parsed("410020")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("\u0410H-21-003", "U+0410"),  # Cyrillic A
        ("AH-21-\u200b003", "U+200B"),  # zero-width space
        ("\u202eAH-21-003", "U+202E"),  # right-to-left override
        ("AH-21-003\u0301", "U+0301"),  # combining acute
        ("AH\u039f-21-003", "U+039F"),  # Greek omicron
        ("AH-21-\u0660\u0660\u0663", "U+0660"),  # Arabic digits
    ],
)
def test_look_alikes_in_a_reference_are_refused_by_code_point(text: str, named: str) -> None:
    """F-C24."""
    parsed = parse_code(cell(text))
    assert isinstance(parsed, NotParsed)
    assert parsed.problem is Problem.FOREIGN_CHARACTERS
    assert named in said(parsed).wrong
    assert said(parsed).wrong.isascii()


def test_an_inner_space_stays_for_the_pattern_to_refuse() -> None:
    assert parsed_code("AH - 21 - 003").value == "AH - 21 - 003"


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise_name(normalise_name(text)) == normalise_name(text)
    assert normalise_code(normalise_code(text)) == normalise_code(text)


@given(st.text(max_size=20))
def test_a_reference_that_is_read_is_plain_and_loses_no_letter(text: str) -> None:
    parsed = parse_code(cell(text))
    if isinstance(parsed, Parsed) and parsed.value is not None:
        assert parsed.value.isascii()
        assert parsed.value.isprintable()
        kept = [character for character in unicodedata.normalize("NFKC", text).upper() if character.isalnum()]
        assert [character for character in parsed.value if character.isalnum()] == kept


def test_code_points_name_what_is_not_plain() -> None:
    assert code_points("A\u200bB\u0410") == "U+200B, U+0410"


STATUSES = ("On track", "At risk", "Not yet quantified")


@pytest.mark.parametrize(("text", "word"), [("on  TRACK", "On track"), ("slipping", "At risk")])
def test_a_word_of_a_list_is_found_by_its_key_or_its_alias(text: str, word: str) -> None:
    assert match_choice(text, STATUSES, {"Slipping": "At risk"}) == Parsed(word)


def test_a_word_that_is_not_in_the_list_is_refused_with_the_nearest() -> None:
    parsed = match_choice("On trak", STATUSES)
    assert isinstance(parsed, NotParsed)
    assert (parsed.problem, said(parsed).remedy) == (Problem.NOT_IN_LIST, "Did you mean On track?")


def test_a_word_like_none_of_the_list_is_refused_with_the_list() -> None:
    parsed = match_choice("zzz", STATUSES)
    assert isinstance(parsed, NotParsed)
    assert said(parsed).remedy == "Choose one of these: On track, At risk, Not yet quantified."


def test_a_long_list_is_cut_short_in_the_message() -> None:
    parsed = match_choice("zzz", [f"Service {number}" for number in range(40)])
    assert isinstance(parsed, NotParsed)
    assert said(parsed).remedy.endswith("Service 14, ….")


def test_the_nearest_of_several_is_named_and_none_when_none_is_near() -> None:
    assert nearest("AH-21-O03", ["AH-21-003", "CH-21-001"]) == "AH-21-003"
    assert nearest("entirely other", ["AH-21-003"]) is None


@pytest.mark.parametrize(
    ("read_cell", "text"),
    [
        (cell("  Title \u00a0"), "Title"),
        (cell("two\nlines"), "two\nlines"),
        (cell("=cmd|'/c calc'!A1"), "=cmd|'/c calc'!A1"),
        (cell("1", CellKind.NUMBER), "1"),
        (cell("1E+5", CellKind.NUMBER), "100000"),
        (cell("0.30000000000000004", CellKind.NUMBER), "0.3"),
        (cell("2021-09-30", CellKind.DATE), "2021-09-30"),
        (cell("1", CellKind.BOOLEAN), "TRUE"),
    ],
)
def test_text_is_kept_as_it_was_entered(read_cell: Cell, text: str) -> None:
    assert parse_text(read_cell) == Parsed(text)


def test_text_that_is_too_long_is_refused_with_its_length_and_not_echoed() -> None:
    parsed = parse_text(cell("secret" * 50), max_length=120)
    assert isinstance(parsed, NotParsed)
    assert parsed.problem is Problem.TOO_LONG
    assert "300" in said(parsed).wrong
    assert "secret" not in said(parsed).wrong


@pytest.mark.parametrize(
    ("read_cell", "value"),
    [
        (cell("Yes"), True),
        (cell(" y "), True),
        (cell("TRUE"), True),
        (cell("no"), False),
        (cell("N"), False),
        (cell("1", CellKind.BOOLEAN), True),
        (cell("0", CellKind.BOOLEAN), False),
        (None, None),
    ],
)
def test_yes_and_no_are_read(read_cell: Cell | None, value: bool | None) -> None:
    assert parse_boolean(read_cell) == Parsed(value)


@pytest.mark.parametrize("read_cell", [cell("perhaps"), cell("1", CellKind.NUMBER)])
def test_what_is_neither_yes_nor_no_is_refused(read_cell: Cell) -> None:
    parsed = parse_boolean(read_cell)
    assert isinstance(parsed, NotParsed)
    assert parsed.problem is Problem.NOT_YES_OR_NO


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("T1", (("T1", Decimal(1)),)),
        ("t1:0.6; T2 : 0.4", (("T1", Decimal("0.6")), ("T2", Decimal("0.4")))),
        ("T1:.5,T2:.5", (("T1", Decimal("0.5")), ("T2", Decimal("0.5")))),
        ("T1:1", (("T1", Decimal(1)),)),
    ],
)
def test_codes_with_weights_are_read(text: str, weights: tuple[tuple[str, Decimal], ...]) -> None:
    assert parse_weights(text) == Parsed(weights)


@pytest.mark.parametrize("text", ["T1;T2", "T1:0.6;T2", "T1:60%", "T1:2", "T1:0.5;T1:0.5", ":0.5", "", "T1:-0.5"])
def test_what_is_no_list_of_weights_is_refused(text: str) -> None:
    parsed = parse_weights(text)
    assert isinstance(parsed, NotParsed)
    assert parsed.problem is Problem.NOT_WEIGHTS
