"""The page of checks that a release holds: what failed and who acts first, well made, and asking for nothing."""

from __future__ import annotations

from dataclasses import replace

from expectations.evidence import CheckResult
from publishing.checks_page import checks_page
from tests.html_structure import problems_of, text_of

PASSED = CheckResult("dim_rag__one_row_per_code", "gx", "dim_rag", "error", "pass", "0 of 6 rows")
HELD = CheckResult(
    "dim_rag__has_the_constraints_of_its_contract", "duckdb", "dim_rag", "error", "pass", "5 constraints"
)
WARNS = CheckResult(
    "fct_savings_position__nearly_every_line_has_a_forecast",
    "gx",
    "fct_savings_position",
    "warn",
    "fail",
    "3 of 9 rows (mostly 0.9)",
    ("AH-21-001 2021/22 202106",),
    "directorate officer",
    "2026-11-20: a blank means unknown.",
)


def _page(*checks: CheckResult) -> str:
    return checks_page("R000001-20261124T033000Z-0123abcd", checks).decode()


def test_the_page_says_first_what_failed_who_acts_and_which_rows():
    text = text_of(_page(PASSED, HELD, WARNS))
    assert "2 of 3 checks passed Look into 1 of them: Directorate officer." in text
    assert (
        "Nearly every line has a forecast fct_savings_position 3 of 9 rows (mostly 0.9) AH-21-001 2021/22 202106 "
        "Directorate officer"
    ) in text


def test_a_warning_has_its_day_and_its_reason():
    assert "2026-11-20: a blank means unknown. Directorate officer Failed, warns" in text_of(_page(WARNS))


def test_a_page_without_failures_says_that_nothing_has_to_be_done():
    text = text_of(_page(PASSED, HELD, replace(WARNS, status="pass", failing_keys=())))
    assert "3 of 3 checks passed Nothing has to be looked into." in text
    assert "What to look into" not in text


def test_every_check_is_under_its_table_with_who_ran_it():
    text = text_of(_page(PASSED, HELD, WARNS))
    assert "Has the constraints of its contract DuckDB 5 constraints Passed" in text
    assert "One row per code Great Expectations 0 of 6 rows Passed" in text


def test_what_a_post_let_pass_is_said():
    assert "Failed, let pass" in text_of(_page(replace(PASSED, status="overridden")))


def test_the_page_is_well_made_and_asks_for_nothing():
    for page in (_page(PASSED, HELD, WARNS), _page(PASSED)):
        assert problems_of(page) == []


def test_what_was_typed_into_a_cell_is_shown_and_never_run():
    page = _page(replace(WARNS, failing_keys=("<script>alert(1)</script>",)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
