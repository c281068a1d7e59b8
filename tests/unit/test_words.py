"""The catalogue of findings: each is made by a test, says whole sentences, in our words, and no code."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import sources
from sources.findings.fault import Fault
from sources.findings.findings import WhoActs
from sources.findings.place import Place
from sources.findings.rules import rule_named
from sources.findings.wording import Text, heading_of, in_words
from tests.words import catalogue

KINDS = [kind for kind in catalogue() if kind.__module__.startswith("sources.findings.words.")]
PLACE = Place("Savings", "M4", "projected_gbp", "TBC")
SAMPLE: dict[object, Any] = {
    str: "AH-21-003",
    int: 3,
    Decimal: Decimal("1234.50"),
    date: date(2021, 9, 30),
    tuple[str, ...]: ("M2", "M3"),
    tuple[int, ...]: (2, 3),
}
# Style of the house, after GOV.UK: words that readers stumble over.
BANNED = re.compile(
    r"\b(mend\w*|tells?|told|stands?|beside|anew|likewise|hereby|thereof|whilst|by itself"
    r"|row a line|e-mail|officers?|please|whether or not)\b|(?<!there )\bis (no|none)\b|^What\b|(?<=[.] )What\b",
    re.IGNORECASE,
)


def _one(annotation: object) -> object:
    """Return a value of a type; of one that may be missing, the value."""
    options = getattr(annotation, "__args__", ())
    if type(None) in options:
        return _one(next(each for each in options if each is not type(None)))
    return SAMPLE[annotation]


def _example(kind: type[Fault], *, with_all: bool = True) -> Fault:
    """Return a finding of a type; without all, those values missing that may be."""
    hints = get_type_hints(kind)
    values = {}
    for each in fields(kind):
        may_miss = type(None) in getattr(hints[each.name], "__args__", ())
        if each.name != "place":
            values[each.name] = None if may_miss and not with_all else _one(hints[each.name])
    if "checked_by" in values:
        values["checked_by"] = "D09"
    return kind(place=PLACE, **values)


def _texts(kind: type[Fault]) -> list[str]:
    def versions(text: Text) -> tuple[str, ...]:
        return (text,) if isinstance(text, str) else text

    return [each for text in (kind.wrong, kind.remedy) for each in versions(text) if each]


def _named(kinds: list[type[Fault]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, ids=[kind.__name__ for kind in kinds])


def test_no_two_types_have_the_same_name():
    names = [kind.__name__ for kind in KINDS]
    assert sorted(set(names)) == sorted(names)


def test_every_type_is_made_somewhere():
    root = Path(sources.__file__).parent
    code = "\n".join(path.read_text("utf-8") for path in root.rglob("*.py") if path.parent.name != "words")
    bases = {base.__name__ for kind in KINDS for base in kind.__bases__}
    unused = [kind.__name__ for kind in KINDS if not re.search(rf"\b{kind.__name__}\b", code)]
    assert set(unused) <= bases


@_named(KINDS)
@pytest.mark.parametrize("with_all", [True, False])
def test_every_type_is_put_into_words_with_all_its_values_and_with_those_it_must_have(kind, with_all):
    finding = _example(kind, with_all=with_all).in_words()
    assert finding.wrong
    for text in (finding.wrong, finding.remedy):
        assert not set("{}[]") & set(text)
        assert re.search(r"None", text) is None
    assert finding.message.startswith("Savings!M4 \u2013 Projected saving (£): ")
    assert finding.who in set(WhoActs)


@_named(KINDS)
def test_every_text_is_whole_sentences_in_our_words_without_codes(kind):
    for text in _texts(kind):
        assert re.fullmatch(r"(?s)['A-Z{].*([.?]|\{why\}|\{guidance\})|\{guidance\}", text), text
        assert BANNED.search(text) is None, text
        in_brackets = re.sub(r"\{[a-z_:.,%]+\}|\[[a-z_]+\]", "", text)
        assert "_" not in in_brackets, text
        assert re.search(r"\b[DRF]\d\d\b", in_brackets) is None, text


@_named(KINDS)
def test_every_column_that_a_text_names_has_a_heading(kind):
    for text in _texts(kind):
        for name in re.findall(r"\[([a-z_]+)\]", text):
            assert heading_of(name) != name, text


@_named([kind for kind in KINDS if WhoActs.NOBODY in (kind.who,)])
def test_where_nobody_has_to_act_the_text_says_so(kind):
    """Ruling A7."""
    assert "You need do nothing" in _example(kind).in_words().remedy


@_named([kind for kind in KINDS if isinstance(getattr(kind, "rule", None), str)])
def test_who_acts_is_who_acts_on_the_rule_unless_the_type_says_otherwise(kind):
    """Ruling A7."""
    assert _example(kind).in_words().who is (kind.who or rule_named(kind.rule).who_fixes)


def test_values_are_written_as_people_read_them():
    values = {
        "amount": Decimal("-1234.50"),
        "day": date(2021, 9, 3),
        "one": 1,
        "many": 2000,
        "cells": ("M2", "M3"),
        "name": "deferred_gbp",
        "share": Decimal("0.256"),
    }
    text = "{amount}, {day}, {one:row}, {many:hidden row}, {cells}, {name:column}, {share:.0%}, [status]"
    written = "-£1,234.50, 3 September 2021, 1 row, 2,000 hidden rows, M2, M3, 'Deferred (£)', 26%, 'Status'"
    assert in_words(text, values, "Savings") == written


def test_the_first_version_whose_values_are_there_is_used():
    text = ("Did you mean {near}?", "Choose one.")
    assert in_words(text, {"near": "AH-21-003"}) == "Did you mean AH-21-003?"
    assert in_words(text, {"near": None}) == "Choose one."


def test_a_column_has_the_heading_of_its_own_sheet():
    assert (heading_of("saving_ref", "Savings"), heading_of("saving_ref", " risks ")) == ("Reference", "Saving")
    assert heading_of("AB", "Savings") == "AB"


IN_A_PROTECTED_SHEET = [each for each in KINDS if each.__module__.rpartition(".")[2] != "files"]


@_named(IN_A_PROTECTED_SHEET)
def test_no_remedy_asks_for_what_a_protected_sheet_refuses(kind):
    """Rows and columns of the template are not deleted, inserted or moved, and its sheets keep their names.

    A rule of a conditional format is part of a cell's format, which a protected sheet lets people change.
    """
    finding = _example(kind).in_words()
    assert (
        re.search(r"\b(delete(?! that rule)|insert|rename|move (it|them|its))\b", finding.remedy, re.IGNORECASE) is None
    )
