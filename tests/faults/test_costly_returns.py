"""Returns made to keep the judging busy: the work they make follows their size, and their size is held.

Judging runs in the loader's own process, so one file must not stop a night. Nothing here is timed:
calls are counted, and what would need hours would never end.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sources.findings.findings import Verdict
from sources.findings.shown import shown_back
from sources.grammar import money, names, values
from sources.grammar.parsed import NotParsed, Parsed
from sources.parsing.sheets import MOST_ROWS
from sources.reader.cells import CellKind, Workbook
from sources.template.declaration import RETURN_FIELDS, SHEETS
from tests.returns import FUND_ROWS, HEADER_ROW, at, good_return, judged, line, made, project, with_sheet

LONGEST_TEXT = 32_767


def ref(number: int) -> str:
    return f"PL-{30 + number // 1000}-{number % 1000:03d}"


def lines(count: int, **columns: Callable[[int], Any]) -> list[dict[str, Any]]:
    """Return so many unregistered lines, each column given made from the line's number."""
    made_up = [line(ref(n), 1234 + n, 1234 + n) for n in range(count)]
    return [row | {name: make(n) for name, make in columns.items()} for n, row in enumerate(made_up)]


COSTLY: dict[str, Callable[[int], Workbook]] = {
    "lines that no plan has": lambda n: good_return(lines=lines(n)),
    "lines without a reference": lambda n: good_return(
        lines=[{"saving_title": f"Saving {k}", "baseline_gbp": k + 1, "projected_gbp": k + 1} for k in range(n)]
    ),
    "references that cannot be read": lambda n: good_return(lines=lines(n, saving_ref=lambda k: f"PL-2x-{k}")),
    "one planned line in many years": lambda n: good_return(
        lines=lines(n, saving_ref=lambda _: "PL-21-001", plan_year=lambda k: f"20{22 + k % 9}/{23 + k % 9}")
    ),
    "projects and funds that are not there": lambda n: good_return(
        lines=lines(n, project_ref=lambda k: f"PRJ-{5000 + k}", fund_ref=lambda k: f"TF-{5000 + k}"),
        rows={
            "Projects": [project(f"PRJ-{k:04d}", f"Project {k}") for k in range(n)],
            "Investment": [{**FUND_ROWS[0], "fund_ref": f"TF-{k:04d}"} for k in range(n)],
        },
    ),
    "a chain of replacements": lambda n: good_return(lines=lines(n, replaces_ref=lambda k: ref(k + 1))),
    "words that are in no list": lambda n: good_return(lines=lines(n, service=lambda k: f"Planing {k}")),
    "many ranges that a condition may strike through": lambda n: with_sheet(
        good_return(lines=lines(n)),
        "Savings",
        may_be_struck=tuple(f"A{row}:XFD{row}" for row in range(9_000, 9_000 + n)),
    ),
    "many merged cells": lambda n: with_sheet(
        good_return(lines=lines(n)), "Savings", merged=tuple(f"C{row}:C{row + n}" for row in range(2, n + 2))
    ),
}


def calls_while_judging(book: Workbook) -> int:
    """Return how many calls of Python functions judging takes."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        judged(book)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("kind", COSTLY)
def test_twice_as_many_rows_make_about_twice_the_work(kind: str) -> None:
    make = COSTLY[kind]
    judged(make(2))  # what a first judgement loads is not counted
    few, many = calls_while_judging(make(80)), calls_while_judging(make(160))
    assert many < 2.5 * few


def test_more_rows_than_any_return_has_are_refused_unread() -> None:
    judgement = judged(good_return(lines=lines(MOST_ROWS + 1)))
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, "too-much-content")
    assert judgement.findings[0].sheet == "Savings"


def test_as_many_rows_as_a_return_may_have_are_read() -> None:
    rows = [{"saving_ref": ref(n)} for n in range(MOST_ROWS)]
    judgement = judged(good_return(lines=rows))
    assert (judgement.verdict, judgement.rows_read) == (Verdict.BLOCKED, MOST_ROWS)


LONG = made(CellKind.TEXT, "\u00e9" * LONGEST_TEXT)
LONG_TEXTS: dict[str, Callable[[], Workbook]] = {
    "beside the labels": lambda: good_return({f"Return!D{row}": LONG for row in range(1, 9)}),
    "in rows without a reference": lambda: good_return(
        {f"Savings!{letter}{row}": LONG for letter in "BCDEFG" for row in range(20, 30)}
    ),
    "as headings": lambda: good_return({f"Savings!A{letter}1": LONG for letter in "FGHIJ"}),
    "as headings, and one that is needed is missing": lambda: good_return(
        {f"Savings!A{letter}1": LONG for letter in "FGHIJ"} | {at("Savings", "saving_title", HEADER_ROW): None}
    ),
}


@pytest.mark.parametrize("where", LONG_TEXTS)
def test_a_text_longer_than_any_label_is_compared_with_none(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing needs milliseconds for a text as long as Excel allows, and a hundred thousand cells may share it."""
    compared: list[int] = []
    name_key = names.name_key

    def counted(text: str) -> str:
        compared.append(len(text))
        return name_key(text)

    book = LONG_TEXTS[where]()
    monkeypatch.setattr(names, "name_key", counted)
    judged(book)
    assert 0 < max(compared) <= 400


def test_a_text_longer_than_any_amount_is_none_whatever_its_format_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A format may repeat a text 255 times."""

    def not_asked(_code: str, _text: str) -> str:
        raise AssertionError("the format was asked")

    monkeypatch.setattr(money, "shown_text", not_asked)
    assert isinstance(money.parse_money(replace(LONG, number_format="@" * 255)), NotParsed)


@pytest.mark.parametrize(
    "text",
    [
        "-" + " " * (LONGEST_TEXT - 2) + "x",
        "(" + " " * (LONGEST_TEXT - 3) + "1x",
        "1" * LONGEST_TEXT,
        "1 " * (LONGEST_TEXT // 2) + "x",
        "1-" * (LONGEST_TEXT // 2),
        "a" * LONGEST_TEXT,
        "a@" * (LONGEST_TEXT // 2),
        "T" * 16_000 + ":" * 16_000,
        ";" * LONGEST_TEXT,
    ],
    ids=["spaces", "bracket", "digits", "spaced digits", "dashes", "letters", "at signs", "colons", "semicolons"],
)
def test_a_text_as_long_as_excel_allows_is_read_or_refused_in_every_column(text: str) -> None:
    """Patterns tried at every start of a long text would take from seconds to years."""
    cell = made(CellKind.TEXT, text)
    columns = {column.kind: column for sheet in SHEETS for column in (*sheet.columns, *RETURN_FIELDS)}
    for column in columns.values():
        assert isinstance(values.parse(cell, column), Parsed | NotParsed)
        assert len(shown_back(cell, column)) <= 40
