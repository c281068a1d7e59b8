"""This return against earlier ones (D12, D13, D29 to D31, D42, D54, D58, D70, D72, R37, R49, R52)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sources.findings.findings import Verdict
from tests.returns import (
    LINES,
    Past,
    accepted,
    at,
    form_fields,
    found,
    good_return,
    judged,
    line,
    reference,
    reference_with,
    told,
)

WHY = "Deliveries came early in one service and late in another: £60,000 and £40,000."
P07 = form_fields(period="P07")


def changed(row, form=None, **columns):
    lines = [dict(each) for each in LINES]
    lines[row - 2] |= columns
    return good_return(lines=lines, form=form)


BEFORE = Past((accepted(good_return()),))
# What moved in P07, so that it is no untouched copy of P06.
MOVED = {"achieved_to_date_gbp": 130_000}


def next_period(row=2, **columns):
    """Judge P07 with one line changed, after the clean P06."""
    return judged(changed(row, P07, **(MOVED if row == 2 else {}) | columns), history=BEFORE)


def where(column, row=2):
    return at("Savings", column, row)


def test_a_period_that_goes_on_as_planned_says_nothing():
    assert told(next_period()) == []


def test_the_first_return_of_a_directorate_has_nothing_to_be_compared_with():
    assert told(judged(changed(2, P07, **MOVED))) == []


@pytest.mark.parametrize("factor", [Decimal("0.0015"), Decimal("0.001"), 501])
def test_a_unit_slip_holds_the_return_and_names_its_cell(factor):
    """F-B01."""
    before = Past((accepted(changed(2, full_year_effect_gbp=100_000)),))
    slipped = changed(2, P07, **MOVED, full_year_effect_gbp=100_000 * factor, variance_explanation=WHY)
    judgement = judged(slipped, history=before)
    assert judgement.verdict is Verdict.HELD
    assert ("D12", "H", where("full_year_effect_gbp")) in told(judgement)
    assert "£100,000" in found(judgement, "D12")[0].message
    assert judgement.tables["savings_line"] != []


def test_a_change_of_five_hundred_times_is_no_unit_slip():
    before = Past((accepted(changed(2, full_year_effect_gbp=100_000)),))
    assert found(judged(changed(2, P07, **MOVED, full_year_effect_gbp=100_000 * 500), history=before), "D12") == []


@pytest.mark.parametrize("amount", [78_000, 7_800_000, 81_900, 74_286])
def test_a_digit_too_many_or_too_few_holds_the_return(amount):
    """F-B18."""
    judgement = next_period(full_year_effect_gbp=amount, variance_explanation=WHY)
    assert (judgement.verdict, [finding.cell for finding in found(judgement, "D13")]) == (Verdict.HELD, ["K2"])


@pytest.mark.parametrize("amount", [84_000, 70_000, 390_000])
def test_a_change_outside_the_band_is_no_lost_digit(amount):
    assert found(next_period(full_year_effect_gbp=amount, variance_explanation=WHY), "D13") == []


def test_a_projection_that_moved_to_a_deferral_is_no_lost_digit():
    deferred = {"deferred_gbp": 702_000, "deferred_to_year": "2022/23", "status": "Delayed", "rag": "Red"}
    judgement = next_period(projected_gbp=78_000, achieved_to_date_gbp=0, variance_explanation=WHY, **deferred)
    assert found(judgement, "D13") == []
    assert ("D30", "W", where("projected_gbp")) in told(judgement)


def test_a_lost_digit_in_projected_is_told_once_and_not_as_a_movement_too():
    judgement = next_period(projected_gbp=78_000, achieved_to_date_gbp=0, rag="Red", variance_explanation=WHY)
    assert [finding.rule for finding in judgement.findings if finding.cell == "M2"] == ["D13", "D22"]
    assert judgement.verdict is Verdict.HELD


def test_a_block_beats_a_hold_which_then_only_adds_a_sentence():
    judgement = next_period(full_year_effect_gbp=78_000, status="Fine")
    assert judgement.verdict is Verdict.BLOCKED
    assert told(judgement) == [("D09", "B", where("status"))]
    assert "a digit too many or too few" in judgement.findings[-1].message


def test_projected_in_thousands_on_most_lines_holds_the_first_return_too():
    lines = [
        row
        | {
            "projected_gbp": Decimal(row["baseline_gbp"]) / 1000,
            "deferred_gbp": 0,
            "deferred_to_year": None,
            "status": "At risk",
            "rag": "Red",
            "achieved_to_date_gbp": 0,
            "variance_explanation": WHY,
        }
        for row in LINES
    ]
    judgement = judged(good_return(lines=lines))
    assert (judgement.verdict, [finding.cell for finding in found(judgement, "D12")]) == (Verdict.HELD, ["M2"])
    assert "4 of 4 projected amounts are about a thousandth" in found(judgement, "D12")[0].message


def test_an_actual_that_falls_is_named_with_both_amounts():
    judgement = next_period(4, achieved_to_date_gbp=100_000, variance_explanation=WHY)
    assert told(judgement) == [("D29", "W", where("achieved_to_date_gbp", 4))]
    assert "The amount saved so far has fallen from £100,250 to £100,000" in found(judgement, "D29")[0].message


@pytest.mark.parametrize(("moved", "is_told"), [(50_000, False), (50_001, True)])
def test_a_projection_may_move_by_fifty_thousand_pounds(moved, is_told):
    judgement = next_period(3, projected_gbp=140_000 - moved, deferred_gbp=225_000 + moved, variance_explanation=WHY)
    assert (("D30", "W", where("projected_gbp", 3)) in told(judgement)) is is_told


@pytest.mark.parametrize(("moved", "is_told"), [(78_000, False), (78_001, True)])
def test_a_large_projection_may_move_by_a_tenth(moved, is_told):
    judgement = next_period(projected_gbp=780_000 + moved, variance_explanation=WHY)
    assert (("D30", "W", where("projected_gbp")) in told(judgement)) is is_told


def test_a_movement_without_an_explanation_cannot_be_certified():
    assert ("D51", "C", where("variance_explanation")) in told(next_period(projected_gbp=900_000))


def test_projected_that_rises_while_the_rag_worsens_is_asked_about():
    judgement = next_period(projected_gbp=780_001, rag="Amber", variance_explanation=WHY)
    assert found(judgement, "D31")[0].cell == "R2"
    assert "by £1, but RAG went from Green to Amber" in found(judgement, "D31")[0].message


@pytest.mark.parametrize("carried", [{}, {"full_year_effect_gbp": 790_000}, {"status": "At risk", "rag": "Amber"}])
def test_a_return_whose_achieved_and_projected_are_as_before_was_not_brought_up_to_date(carried):
    # Ruling A5: what the template carries may have moved, what each period says has not.
    judgement = judged(changed(2, P07, **carried), history=BEFORE)
    assert (judgement.verdict, found(judgement, "D70")[0].severity) == (Verdict.ACCEPTED, "W")
    assert "P06 of 2021/22" in found(judgement, "D70")[0].message


def test_an_untouched_closedown_is_held():
    judgement = judged(good_return(form=form_fields(period="P13")), history=BEFORE)
    assert (judgement.verdict, told(judgement)) == (
        Verdict.HELD,
        [("D70", "H", "Savings"), *(("D76", "W", f"Savings!L{row}") for row in (2, 3, 4))],
    )


@pytest.mark.parametrize("moved", [MOVED, {"projected_gbp": 779_999, "variance_explanation": WHY}])
def test_one_amount_that_moved_is_a_return_brought_up_to_date(moved):
    # Ruling A5.
    assert found(judged(changed(2, P07, **moved), history=BEFORE), "D70") == []


@pytest.mark.parametrize(("last", "is_told"), [("Delivered", False), ("On track", True)])
def test_of_lines_that_are_all_delivered_nothing_has_to_move(last, is_told):
    # Ruling A5.
    done = {"status": "Delivered", "rag": "Blue", "budget_code": "PL10001"}
    amounts = {row["saving_ref"]: row["baseline_gbp"] for row in LINES}
    lines = [line(ref, pounds, pounds, achieved_to_date_gbp=pounds, **done) for ref, pounds in amounts.items()]
    lines[-1]["status"] = last
    history = Past((accepted(good_return(lines=lines)),))
    judgement = judged(good_return(lines=lines, form=form_fields(period="P13")), history=history)
    assert bool(found(judgement, "D70")) is is_told


def test_the_previous_period_is_the_latest_earlier_one_in_force_of_the_directorate():
    p08 = accepted(changed(2, form_fields(period="P08"), achieved_to_date_gbp=200_000))
    elsewhere = replace(p08, directorate_code="AH", reporting_period="P09")
    history = Past((*BEFORE.past, elsewhere, p08))
    form = form_fields(period="P10")
    judgement = judged(changed(2, form, achieved_to_date_gbp=150_000, variance_explanation=WHY), history=history)
    assert "from £200,000 to £150,000" in found(judgement, "D29")[0].message
    # A return for P07 is compared with P06, whatever came after.
    assert found(judged(changed(2, P07, achieved_to_date_gbp=150_000), history=history), "D29") == []


def test_the_same_title_and_baseline_in_another_directorate_may_be_one_saving():
    other = BEFORE.past[0]
    rows = [dict(row) | {"saving_ref": "AH-21-009"} for row in other.lines.values() if row["saving_ref"] == "PL-21-003"]
    adults = replace(other, directorate_code="AH", read=lambda sheet, _: rows if sheet.name == "Savings" else [])
    judgement = judged(good_return(), history=Past((adults,)))
    assert told(judgement) == [("D58", "W", where("saving_ref", 4))]
    message = found(judgement, "D58")[0].message
    assert "AH reports the same title and baseline as AH-21-009" in message
    assert "Saving PL-21-003" not in message


# Over the years.

NEXT = form_fields("2022/23", "P06")
CLOSE = accepted(good_return(form=form_fields(period="P13")))
LATER = {"deferred_to_year": "2023/24", "status": "Delayed", "rag": "Red", "variance_explanation": WHY}


def a_year_later(row=2, **columns):
    """Judge P06 of the next year: lines 002 and 004 are still open, 001 and 003 were closed."""
    lines = [LINES[1] | {"projected_gbp": 200_000, "deferred_gbp": 165_000} | LATER, LINES[3] | LATER]
    lines[row - 2] |= columns
    return judged(good_return(lines=lines, form=NEXT, rows={"Investment": []}), history=Past((CLOSE,)))


def test_a_line_deferred_again_in_a_later_period_is_named_with_its_years():
    finding = found(a_year_later(), "D42")
    assert [each.cells for each in finding] == [("O2", "O3")]
    assert "deferred 2 times: to 2022/23, then 2023/24" in finding[0].message


def test_a_correction_within_one_period_is_no_second_deferral():
    form = form_fields(return_type="Resubmission", supersedes_version=1)
    judgement = judged(changed(3, form, deferred_to_year="2023/24"), history=BEFORE)
    assert found(judgement, "D42") == []


def test_counting_less_than_at_the_close_of_the_year_before_blocks():
    judgement = a_year_later(projected_gbp=139_999, deferred_gbp=225_001)
    assert ("D54", "B", where("projected_gbp")) in told(judgement)
    assert "£140,000 that counted at the end" in found(judgement, "D54")[0].message


def test_counting_as_much_as_at_the_close_is_enough():
    assert found(a_year_later(projected_gbp=140_000, deferred_gbp=225_000), "D54") == []


def test_a_baseline_that_finance_reduced_below_the_close_does_not_block():
    reduced = {
        "change_ref": "PC-1",
        "saving_ref": "PL-21-002",
        "plan_year": "2021/22",
        "change_type": "Reduce",
        "amount_gbp": Decimal(-265_000),
        "directorate_code": None,
        "is_cashable": None,
        "counterpart_ref": None,
        "effective_year": "2022/23",
        "effective_period": "P01",
        "decision_ref": "CAB-1",
    }
    lines = [
        LINES[1]
        | {
            "baseline_gbp": 100_000,
            "projected_gbp": 100_000,
            "deferred_gbp": 0,
            "status": "On track",
            "rag": "Green",
            "deferred_to_year": None,
            "variance_explanation": WHY,
        },
        LINES[3] | LATER,
    ]
    book = good_return(lines=lines, form=NEXT, rows={"Investment": []})
    judgement = judged(book, history=Past((CLOSE,)), data=reference_with(plan_change=[reduced]))
    assert found(judgement, "D54") == []
    assert judgement.verdict is Verdict.ACCEPTED


def test_a_restated_close_above_a_later_period_is_told():
    later = accepted(
        good_return(lines=[LINES[1] | LATER, LINES[3] | LATER], form=NEXT, rows={"Investment": []}),
        history=Past((CLOSE,)),
    )
    form = form_fields(period="P13", return_type="Resubmission", supersedes_version=1)
    restated = changed(3, form, projected_gbp=200_000, deferred_gbp=165_000, variance_explanation=WHY)
    judgement = judged(restated, history=Past((CLOSE, later)))
    assert ("D72", "W", where("projected_gbp", 3)) in told(judgement)
    assert "P06 of 2022/23 has (£140,000)" in found(judgement, "D72")[0].message


def test_a_period_that_is_not_the_close_of_its_year_rises_above_nothing():
    later = accepted(
        good_return(lines=[LINES[1] | LATER, LINES[3] | LATER], form=NEXT, rows={"Investment": []}),
        history=Past((CLOSE,)),
    )
    form = form_fields(return_type="Initial")
    book = changed(3, form, projected_gbp=200_000, deferred_gbp=165_000, variance_explanation=WHY)
    assert found(judged(book, history=Past((CLOSE, later))), "D72") == []


def test_the_bundled_plan_is_what_these_returns_report():
    plan = {row["saving_ref"]: row["baseline_gbp"] for row in reference().tables["approved_plan"]}
    assert [plan[row["saving_ref"]] for row in LINES] == [row["baseline_gbp"] for row in LINES]
