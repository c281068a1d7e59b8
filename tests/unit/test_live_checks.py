"""The live checks of the workbook: they find what a return would be blocked for, and nothing on a good one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from sources.contract.before_you_send import WHAT_IS_WRONG
from sources.contract.lists import list_ranges, lists
from sources.contract.live_checks import Filled, LiveCheck
from sources.contract.live_formulas import live_checks, tallies, to_mend
from sources.contract.live_patterns import shape_formula
from sources.findings.findings import Severity
from sources.template.declaration import INVESTMENT, PROJECTS, SAVINGS
from tests.mistakes import CLEAN_LINES, OTHER_MISTAKES, SAVINGS_MISTAKES
from tests.returns import FUND_ROWS, PROJECT_ROWS, YEAR, form_fields, good_return, judged, reference

Rows = Sequence[Mapping[str, Any]]
FORM = form_fields(return_type="Initial")
CLEAN: Mapping[str, Rows] = {SAVINGS.name: CLEAN_LINES, PROJECTS.name: PROJECT_ROWS, INVESTMENT.name: FUND_ROWS}
EXCEL_LONGEST_FORMULA, EXCEL_LONGEST_TEXT = 8192, 255


@pytest.fixture(scope="module")
def checks() -> tuple[LiveCheck, ...]:
    words = lists(reference(), "PL", YEAR, date(2021, 9, 30))
    return live_checks(reference(), words, list_ranges(words))


def found_live(tables: Mapping[str, Rows], checks: Sequence[LiveCheck], form: Mapping[str, Any] = FORM) -> set[str]:
    return {tally.rule for tally in tallies(Filled(tables, form), checks, 1) if tally.rows}


def found_by_the_judgement(tables: Mapping[str, Rows]) -> set[str]:
    """Return the rules that block; D25 is left out, which follows from amounts that are text."""
    others: Any = {name: rows for name, rows in tables.items() if name != SAVINGS.name}
    lines: Any = tables[SAVINGS.name]
    judgement = judged(good_return(form=FORM, lines=lines, rows=others))
    return {finding.rule for finding in judgement.findings if finding.severity is Severity.BLOCK} - {"D25"}


def with_row(sheet: str, row: Mapping[str, Any]) -> Mapping[str, Rows]:
    return {**CLEAN, sheet: [*CLEAN.get(sheet, ()), row]}


def test_a_clean_return_has_nothing_to_mend(checks: Sequence[LiveCheck]) -> None:
    assert found_live(CLEAN, checks) == found_by_the_judgement(CLEAN) == set()
    filled = Filled(CLEAN, FORM)
    assert {to_mend(2, row, filled, checks)[1] for row in CLEAN_LINES} == {""}


@pytest.mark.parametrize("row", SAVINGS_MISTAKES, ids=lambda row: row.get("saving_ref", "notes alone"))
def test_a_line_is_marked_for_what_it_would_be_blocked_for(row: Mapping[str, Any], checks: Sequence[LiveCheck]) -> None:
    tables = with_row(SAVINGS.name, row)
    is_text = row.get("baseline_gbp") == "1,000"  # read, but left out of the control total
    assert found_live(tables, checks) == found_by_the_judgement(tables) | ({"D09"} if is_text else set())
    said = to_mend(6, row, Filled(tables, FORM), checks)[1]
    assert set(re.findall(r"\((D\d\d)\)", str(said))) == found_live(tables, checks)


@pytest.mark.parametrize(
    ("sheet", "row"),
    [(sheet, row) for sheet, rows in OTHER_MISTAKES.items() for row in rows],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_row_of_another_sheet_is_counted_for_what_it_would_be_blocked_for(
    sheet: str, row: Mapping[str, Any], checks: Sequence[LiveCheck]
) -> None:
    tables = with_row(sheet, row)
    said, judged_ = found_live(tables, checks), found_by_the_judgement(tables)
    # The judgement says an error by its name, and of a reference that cannot be read nothing more.
    assert said - judged_ <= ({"D09"} if "D07" in judged_ else {"D20"} if "D14" in judged_ else set())
    assert judged_ - said <= {"D07"}


def test_every_live_check_finds_a_mistake(checks: Sequence[LiveCheck]) -> None:
    tables = {name: [*CLEAN.get(name, ()), *rows] for name, rows in OTHER_MISTAKES.items()}
    tables[SAVINGS.name] = [*CLEAN_LINES, *SAVINGS_MISTAKES]
    block = tallies(Filled(tables, {**FORM, "prepared_by": None}), checks, 1)
    assert [(tally.sheet, tally.rule) for tally in block if not tally.rows] == []
    assert {tally.rule for tally in block} == set(WHAT_IS_WRONG)


def test_what_is_empty_on_the_return_sheet_is_counted_with_its_row(checks: Sequence[LiveCheck]) -> None:
    form = {**FORM, "return_type": None, "prepared_by": ""}
    (first, *_) = tallies(Filled(CLEAN, form), checks, form_top=5)
    assert (first.sheet, first.rule, first.rows) == ("Return", "D03", (10, 21))


def test_no_formula_is_longer_than_excel_takes(checks: Sequence[LiveCheck]) -> None:
    filled = Filled(CLEAN, FORM)
    formulas = [to_mend(1001, {}, filled, checks)[0]]
    for tally in tallies(filled, checks, 1):
        formulas += [tally.count()[0], tally.first("$D$99")[0]]
    assert max(map(len, formulas)) <= EXCEL_LONGEST_FORMULA
    assert max(len(text) for formula in formulas for text in re.findall(r'"([^"]*)"', formula)) <= EXCEL_LONGEST_TEXT


def test_a_spare_row_has_nothing_to_mend(checks: Sequence[LiveCheck]) -> None:
    assert to_mend(9, {}, Filled(CLEAN, FORM), checks)[1] == ""


@pytest.mark.parametrize(
    ("pattern", "formula"),
    [
        (r"^TF-\d$", '(LEN(A1)=4)*((MID(A1,1,3)="TF-")>0)*ISNUMBER(FIND(MID(A1,4,1),"0123456789"))'),
        ("(?:AH|CH)", '(LEN(A1)=2)*((MID(A1,1,2)="AH")+(MID(A1,1,2)="CH")>0)'),
        ("[A-Z]", '(LEN(A1)=1)*ISNUMBER(FIND(UPPER(MID(A1,1,1)),"ABCDEFGHIJKLMNOPQRSTUVWXYZ"))'),
    ],
)
def test_a_pattern_becomes_a_formula(pattern: str, formula: str) -> None:
    assert shape_formula(pattern, "A1") == formula


@pytest.mark.parametrize("pattern", [r"\d+", r"\d{2,3}", "(A|BC)", "A|B", ".*", "[0-9]", "AB?", r"\w"])
def test_a_pattern_that_excel_cannot_tell_is_left_to_the_judgement(pattern: str) -> None:
    assert shape_formula(pattern, "A1") is None
