"""Savings tables as councils print them, retyped into the template: what loads, what is refused, and where.

The figures are the printed ones that the rules are taken from; references and titles are made up.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sources.findings.findings import Judgement, Verdict
from tests.returns import (
    NOTHING_BEFORE,
    Past,
    accepted,
    at,
    form_fields,
    good_return,
    judged,
    line,
    reference_with,
    told,
)
from tests.returns import reference as bundled

WHY = "Main causes: late start £195,000, fewer places £83,500."
PROJECT = {
    "project_ref": "PRJ-0301",
    "project_name": "Climate strategy",
    "directorate_code": "PL",
    "owner_post": "Head of Planning",
    "stage": "Delivery",
}
SHEETS: dict[str, list[dict[str, Any]]] = {"Projects": [PROJECT], "Investment": []}
LATER = {"deferred_to_year": "2022/23", "status": "Delayed", "rag": "Red"}
BASELINE, PROJECTED, DEFERRED = (at("Savings", f"{name}_gbp") for name in ("baseline", "projected", "deferred"))


def retyped(
    rows: list[dict[str, Any]], plan: list[int], period: str = "P06", history: Past = NOTHING_BEFORE
) -> Judgement:
    """Judge a return of these rows, the plan in force having these baselines in pounds."""
    usual = bundled().tables["approved_plan"][0] | {"directorate_code": "PL"}
    lines = [
        {"saving_ref": f"PL-21-{number:03d}", "baseline_gbp": Decimal(pounds)} for number, pounds in enumerate(plan)
    ]
    data = reference_with(approved_plan=[usual | planned for planned in lines], decision=[{"decision_ref": "CAB-1"}])
    book = good_return(
        lines=[row(n, **each) for n, each in enumerate(rows)], rows=SHEETS, form=form_fields(period=period)
    )
    return judged(book, data=data, history=history)


def row(number: int, baseline: object, projected: object, **columns: Any) -> dict[str, Any]:
    made = line(f"PL-21-{number:03d}", 0, 0) | {"baseline_gbp": baseline, "projected_gbp": projected}
    return made | {"full_year_effect_gbp": 0, "recurrence": "One-off"} | columns


def test_a_total_printed_in_pounds_loads_with_what_it_leaves_unexplained():
    """Dorset, Place: 2,393,000 of which 510,500 are projected and 1,604,000 deferred."""
    judgement = retyped(
        [{"baseline": "£2,393,000", "projected": "510,500", "deferred_gbp": 1_604_000, **LATER}], [2_393_000]
    )
    assert ("D22", "W", PROJECTED) in told(judgement)
    assert judgement.verdict is Verdict.ACCEPTED
    (loaded,) = judgement.tables["savings_line"]
    assert loaded["baseline_gbp"] - loaded["projected_gbp"] - loaded["deferred_gbp"] == Decimal("278500.00")


def test_what_was_written_off_loads_with_its_decision():
    """Gwynedd: 2,375,000 = 595,000 + 1,290,250 + 489,750, the last removed by the cabinet."""
    written_off = {"undeliverable_gbp": 489_750, "decision_ref": "CAB-1", "deferred_gbp": 1_290_250, **LATER}
    judgement = retyped([{"baseline": 2_375_000, "projected": 595_000, **written_off}], [2_375_000])
    assert (told(judgement), judgement.verdict) == ([], Verdict.ACCEPTED)


def test_millions_written_out_load_with_a_warning_and_bare_they_are_refused():
    """Shropshire: £47.907m of £62.2m."""
    written = retyped([{"baseline": "£62.2m", "projected": "£47.907m", "variance_explanation": WHY}], [62_200_000])
    assert [said for said in told(written) if said[0] == "D09"] == [("D09", "W", BASELINE), ("D09", "W", PROJECTED)]
    assert written.tables["savings_line"][0]["projected_gbp"] == Decimal("47907000.00")
    bare = retyped([{"baseline": Decimal("62.2"), "projected": Decimal("62.2")}], [62_200_000])
    assert (told(bare), bare.verdict) == ([("D26", "B", BASELINE)], Verdict.BLOCKED)


def test_a_table_in_thousands_is_refused_and_never_scaled():
    """Brighton & Hove: 23,627 stands for £23,627,000."""
    judgement = retyped([{"baseline": 23_627, "projected": 23_627}], [23_627_000])
    assert (told(judgement)[0], judgement.tables) == (("D26", "B", BASELINE), {})
    assert "This looks like thousands" in judgement.findings[-1].message + judgement.findings[0].message


@pytest.mark.parametrize("printed", [-545, "(545)", "-£545", "545-", "\u2212545"])
def test_a_saving_that_is_taken_back_is_no_negative_saving(printed: object):
    """Tower Hamlets reverses a one-off as -545; the warehouse derives that (R21)."""
    judgement = retyped([{"baseline": 545, "projected": printed}], [545])
    assert (told(judgement), judgement.verdict) == ([("D11", "B", PROJECTED)], Verdict.BLOCKED)


def test_more_than_the_plan_has_is_not_placed():
    """Monmouthshire prints -25 as what is left."""
    judgement = retyped([{"baseline": 1_000, "projected": 600, "deferred_gbp": 425, **LATER}], [1_000])
    assert (told(judgement), judgement.verdict) == ([("D22", "B", DEFERRED)], Verdict.BLOCKED)


@pytest.mark.parametrize(("before", "now"), [(33_400, 3_400), (10_002, 100_020)])
def test_a_figure_with_a_digit_too_many_or_too_few_is_held(before: int, now: int):
    """Gwynedd's 33.4 that became 3.4, and a Haringey figure that grew tenfold."""
    first = [{"baseline": 100_020, "projected": before}]
    usual = bundled().tables["approved_plan"][0] | {"directorate_code": "PL", "saving_ref": "PL-21-000"}
    data = reference_with(approved_plan=[usual | {"baseline_gbp": Decimal(100_020)}])
    book = good_return(lines=[row(0, **first[0])], rows=SHEETS)
    history = Past((accepted(book, data=data),))
    judgement = retyped([{"baseline": 100_020, "projected": now}], [100_020], "P07", history)
    assert ("D13", "H", PROJECTED) in told(judgement)
    assert judgement.verdict is Verdict.HELD


def test_actuals_without_a_forecast_look_like_swapped_columns():
    """An NHS return with 101 achieved and 0 projected, line after line."""
    rows = [{"baseline": 500, "projected": 0, "achieved_to_date_gbp": 101, "budget_code": "PL1"}] * 3
    judgement = retyped(rows, [500, 500, 500])
    assert ("D23", "B", at("Savings", "achieved_to_date_gbp")) in told(judgement)
    assert judgement.verdict is Verdict.BLOCKED


def test_a_table_with_its_total_row_is_not_counted_twice():
    """The report's own Table 1 ends in a row of totals."""
    rows = [
        {"baseline": 1_870_000, "projected": 1_870_000, "deferred_gbp": "N/A"},
        {"baseline": 723_000, "projected": 723_000},
    ]
    total = {"saving_title": "Totals", "baseline_gbp": 2_593_000, "projected_gbp": 2_593_000}
    usual = bundled().tables["approved_plan"][0] | {"directorate_code": "PL"}
    plan = [
        usual | {"saving_ref": f"PL-21-{n:03d}", "baseline_gbp": Decimal(each["baseline"])}
        for n, each in enumerate(rows)
    ]
    book = good_return(lines=[*(row(n, **each) for n, each in enumerate(rows)), total], rows=SHEETS)
    judgement = judged(book, data=reference_with(approved_plan=plan))
    assert (told(judgement), judgement.rows_read) == ([], 2)
    assert [each["is_deferred_not_applicable"] for each in judgement.tables["savings_line"]] == [True, False]
