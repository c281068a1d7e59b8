"""What would stop publishing for everybody is told to whoever sent it, before anything of it is taken in (D79, D80).

One directorate's slip never touches another: each expectation that looks at values and stops publishing is either
about what a return brings, and then a check at the door refuses it, or about what no return decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from expectations.suites import SUITES
from sources.findings.findings import Severity
from sources.template.declaration import SHEETS
from tests.every_sheet import COUNCIL_LIMIT, IDEA, LIMIT, whole_return
from tests.returns import at, found, good_return, judged, reference_with, told

PENNY = Decimal("0.01")
OF_A_LINE = ("Savings", "Deferrals", "Risks")
AMOUNTS = [
    (sheet.name, column.name, is_of_a_line)
    for sheet in SHEETS
    for column in sheet.columns
    for is_of_a_line in [sheet.name in OF_A_LINE and column.name != "full_year_effect_gbp"]
    if column.is_money
]


def test_a_return_with_every_sheet_is_clean() -> None:
    assert [each for each in told(judged(whole_return({}))) if each[1] == "B"] == []


@pytest.mark.parametrize(("sheet", "column", "is_of_a_line"), AMOUNTS)
def test_an_amount_that_comes_near_no_limit_is_refused_by_its_cell_and_by_nothing_else(
    sheet: str, column: str, is_of_a_line: bool
) -> None:
    """D79: the council says in ``line_limit_gbp`` what no line comes near, in ``council_limit_gbp`` what all do not."""
    limit, whose = (LIMIT, "the limit of a line") if is_of_a_line else (COUNCIL_LIMIT, "the limit of the council")
    judgement = judged(whole_return({at(sheet, column): limit + PENNY}))
    assert [each for each in told(judgement) if each[1] == "B"] == [("D79", "B", at(sheet, column))]
    (finding,) = found(judgement, "D79")
    assert finding.message.startswith(at(sheet, column))
    for part in (f"'{limit + PENNY}'", f"more than £{limit:,}", "Check the number of digits", whose):
        assert part in finding.message


@pytest.mark.parametrize(("sheet", "column", "is_of_a_line"), AMOUNTS)
def test_an_amount_at_its_limit_is_not_above_it(sheet: str, column: str, is_of_a_line: bool) -> None:
    limit = LIMIT if is_of_a_line else COUNCIL_LIMIT
    assert found(judged(whole_return({at(sheet, column): limit})), "D79") == []


def test_another_council_sets_another_limit_and_its_fund_is_not_held_to_that_of_a_line() -> None:
    """D79: funds of 1,800,000 and 900,000 are as before; the year's line of 780,000 is above what no line is."""
    data = reference_with(setting=[*_settings_without("line_limit_gbp"), {"name": "line_limit_gbp", "value": "700000"}])
    assert told(judged(good_return(), data=data))[0] == ("D79", "B", at("Savings", "baseline_gbp"))
    places = {cell.split("!")[0] for rule, _, cell in told(judged(whole_return({}), data=data)) if rule == "D79"}
    assert places == {"Savings", "Deferrals"}


def _settings_without(name: str) -> list[dict[str, Any]]:
    return [row for row in reference_with().tables["setting"] if row["name"] != name]


@pytest.mark.parametrize(
    ("estimates", "column", "limit"),
    [
        ({"low_gbp": 200_000}, "low_gbp", "'Likely estimate (£)' (£150,000)"),
        ({"high_gbp": 149_999}, "likely_gbp", "'High estimate (£)' (£149,999)"),
        ({"likely_gbp": None, "high_gbp": 99_999}, "low_gbp", "'High estimate (£)' (£99,999)"),
    ],
)
def test_estimates_that_run_downwards_are_refused(estimates: dict[str, Any], column: str, limit: str) -> None:
    """D80, likely being optional."""
    judgement = judged(good_return(rows={"Pipeline": [IDEA | estimates]}))
    assert told(judgement) == [("D80", "B", at("Pipeline", column))]
    (finding,) = found(judgement, "D80")
    assert limit in finding.message
    assert "Correct one of the two" in finding.message


@pytest.mark.parametrize("estimates", [{"likely_gbp": None}, {"low_gbp": 200_000, "likely_gbp": 200_000}])
def test_estimates_may_be_equal_and_the_likely_one_missing(estimates: dict[str, Any]) -> None:
    assert told(judged(good_return(rows={"Pipeline": [IDEA | estimates]}))) == []


# What looks at values, row by row, and what looks at a whole table.
OF_VALUES = {
    "ExpectColumnPairValuesAToBeGreaterThanB",
    "ExpectColumnPairValuesToBeEqual",
    "ExpectColumnValuesToBeBetween",
    "ExpectColumnValuesToBeInSet",
    "ExpectColumnValuesToNotBeNull",
}
OF_TABLES = {
    "ExpectColumnDistinctValuesToContainSet",
    "ExpectColumnSumToBeBetween",
    "ExpectColumnValuesToBeUnique",
    "ExpectCompoundColumnsToBeUnique",
    "ExpectTableRowCountToBeBetween",
    "ExpectTableRowCountToEqual",
}
# By expectation: the check at the door, and what a return would have to say to break it.
AT_THE_DOOR: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "dim_project__every_directorate_was_listed": ("D09", {at("Projects", "directorate_code"): "ZZ"}),
    "dim_saving_line__every_benefit_type_is_a_word_of_the_list": ("D09", {at("Savings", "benefit_type"): "Luck"}),
    "dim_saving_line__every_maturity_is_a_word_of_the_list": ("D09", {at("Savings", "maturity"): "Ripe"}),
    "dim_saving_line__every_recurrence_is_a_word_of_the_list": ("D09", {at("Savings", "recurrence"): "Often"}),
    "fct_pipeline__high_is_at_least_likely": ("D80", {at("Pipeline", "likely_gbp"): 200_001}),
    "fct_pipeline__likely_is_at_least_low": ("D80", {at("Pipeline", "low_gbp"): 150_001}),
    "fct_savings_allocation__amounts_are_plausible": ("D79", {at("Savings", "deferred_gbp"): LIMIT + 1}),
    "fct_savings_position__achievements_are_plausible": ("D79", {at("Savings", "achieved_to_date_gbp"): LIMIT + 1}),
    "fct_savings_position__baselines_are_plausible": ("D79", {at("Savings", "baseline_gbp"): LIMIT + 1}),
    "fct_savings_position__projections_are_plausible": ("D79", {at("Savings", "projected_gbp"): LIMIT + 1}),
    "rpt_cabinet_table_1__every_directorate_was_listed": ("D03", {at("Return", "directorate_code"): "ZZ"}),
    "rpt_fund_return__every_project_was_returned_or_funded": ("D16", {at("Investment", "project_ref"): "PRJ-0999"}),
    "rpt_line_detail__every_directorate_was_listed": ("D03", {at("Return", "directorate_code"): "ZZ"}),
    "rpt_line_detail__every_status_is_a_word_of_the_list": ("D09", {at("Savings", "status"): "Fine"}),
    "rpt_line_detail__every_submitted_rag_is_a_word_of_the_list": ("D09", {at("Savings", "rag"): "Pink"}),
    "rpt_rag_summary__every_submitted_rag_is_a_word_of_the_list": ("D09", {at("Savings", "rag"): "Pink"}),
    "rpt_top_risk__impacts_are_plausible": ("D79", {at("Risks", "impact_gbp"): LIMIT + 1}),
}
# Those that no value of a return breaks, by what they are about.
OF_NO_RETURN: Mapping[str, tuple[str, ...]] = {
    # A folder whose plan would break them is not adopted (``sources.reference.folder_plan``).
    "the plan": (
        "rpt_cabinet_table_1__baselines_are_plausible",
        "rpt_cabinet_table_1__original_baselines_are_the_printed_totals_to_the_penny",
    ),
    "what the warehouse made of returns, beside the returns themselves or the ledger": (
        *(
            f"fct_savings_position__{amount}_is_what_the_return_says"
            for amount in ("achieved_to_date", "baseline", "deferred", "projected", "undeliverable")
        ),
        "fct_return_coverage__names_a_return_exactly_where_one_counts",
        "fct_submission__is_judged_after_it_was_received",
        "rpt_cabinet_table_1__lacks_a_figure_only_where_a_return_is_missing",
        "rpt_submission_status__every_expected_directorate_is_in_exactly_one_place",
        "rpt_submission_status__shows_as_accepted_what_is_in_force",
    ),
}


def test_every_expectation_that_stops_publishing_by_a_value_has_its_check_at_the_door() -> None:
    blocking = [check for suite in SUITES for check in suite.checks if check.severity == "error"]
    assert {check.expectation for check in blocking} == OF_VALUES | OF_TABLES
    answered = [*AT_THE_DOOR, *(name for names in OF_NO_RETURN.values() for name in names)]
    assert sorted(answered) == sorted(check.name for check in blocking if check.expectation in OF_VALUES)


@pytest.mark.parametrize("name", AT_THE_DOOR)
def test_what_an_expectation_would_refuse_is_refused_of_the_return_itself(name: str) -> None:
    rule, edits = AT_THE_DOOR[name]
    assert Severity.BLOCK in {finding.severity for finding in found(judged(whole_return(edits)), rule)}
