"""The plan in force: agreed figures, registration, ownership, missing lines (D26 to D28, D68, R33, R34, R51)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sources.findings.findings import Verdict
from sources.template.declaration import SAVINGS
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
    nil_return,
    reference,
    reference_with,
    told,
)

REF, BASELINE, PLAN_YEAR = at("Savings", "saving_ref"), at("Savings", "baseline_gbp"), at("Savings", "plan_year")


def changed(row, **columns):
    lines = [dict(each) for each in LINES]
    lines[row - 2] |= columns
    return good_return(lines=lines)


def change(**columns):
    return {
        "change_ref": "PC-1",
        "saving_ref": "PL-21-001",
        "plan_year": "2021/22",
        "change_type": "Reduce",
        "amount_gbp": Decimal(-80_000),
        "directorate_code": None,
        "is_cashable": None,
        "counterpart_ref": None,
        "effective_year": "2021/22",
        "effective_period": "P06",
        "decision_ref": "CAB-1",
        **columns,
    }


def test_a_baseline_that_differs_from_the_plan_in_force_blocks():
    judgement = judged(changed(2, baseline_gbp=780_001, projected_gbp=780_001))
    assert told(judgement) == [("D26", "B", BASELINE)]
    assert "The plan has a baseline of £780,000. You entered '780001'" in found(judgement, "D26")[0].message


def test_the_plan_in_force_has_the_changes_effective_by_the_period():
    reduced = changed(2, baseline_gbp=700_000, projected_gbp=700_000, full_year_effect_gbp=700_000)
    assert judged(reduced, data=reference_with(plan_change=[change()])).verdict is Verdict.ACCEPTED
    later = reference_with(plan_change=[change(effective_period="P07")])
    assert told(judged(reduced, data=later)) == [("D26", "B", BASELINE)]


def test_a_proposal_moves_nothing():
    proposal = {
        "change_ref": "C1",
        "saving_ref": "PL-21-001",
        "plan_year": "2021/22",
        "type": "Reduce",
        "amount_gbp": 80_000,
        "reason": "Smaller scope.",
    }
    lines = [LINES[0] | {"baseline_gbp": 700_000, "projected_gbp": 700_000}, *LINES[1:]]
    assert told(judged(good_return(lines=lines, rows={"PlanChanges": [proposal]}))) == [("D26", "B", BASELINE)]


def test_a_cashable_line_cannot_be_made_non_cashable():
    judgement = judged(changed(2, cashable="Non-cashable"))
    assert told(judgement) == [("D26", "B", at("Savings", "cashable"))]
    assert "as Cashable. You entered 'Non-cashable'" in found(judgement, "D26")[0].message


def test_a_plan_year_that_differs_from_the_plan_is_named_in_its_cell():
    """F-B04."""
    judgement = judged(changed(2, plan_year="2020/21"))
    assert told(judgement) == [("D26", "B", PLAN_YEAR)]
    assert "has PL-21-001 in 2021/22. You entered '2020/21'" in found(judgement, "D26")[0].message


def test_amounts_in_thousands_are_told_from_a_wrong_baseline():
    """F-B01."""
    money = ("baseline_gbp", "projected_gbp", "deferred_gbp", "achieved_to_date_gbp", "full_year_effect_gbp")
    lines = [{name: Decimal(value) / 1000 if name in money else value for name, value in row.items()} for row in LINES]
    judgement = judged(good_return(lines=lines))
    assert judgement.verdict is Verdict.BLOCKED
    assert [finding.cell for finding in found(judgement, "D26")] == ["J2", "J3", "J4", "J5"]
    assert all("This looks like thousands" in finding.message for finding in found(judgement, "D26"))


def test_one_line_in_thousands_is_named_by_its_row():
    """F-B02."""
    judgement = judged(changed(3, baseline_gbp=365, projected_gbp=140, deferred_gbp=225, full_year_effect_gbp=365))
    assert told(judgement) == [("D26", "B", at("Savings", "baseline_gbp", 3))]
    assert "This looks like thousands" in found(judgement, "D26")[0].message


NEW = line("PL-21-099", 50_000, 50_000, saving_title="A late idea")


def test_a_line_that_the_plan_does_not_list_is_quarantined_with_a_warning():
    judgement = judged(good_return(lines=[*LINES, NEW]))
    assert (judgement.verdict, judgement.rows_read, judgement.rows_quarantined) == (Verdict.ACCEPTED, 5, 1)
    assert told(judgement) == [("D28", "W", at("Savings", "saving_ref", 6))]
    assert "PL-21-099" in found(judgement, "D28")[0].message
    assert len(judgement.tables["savings_line"]) == 5


def test_a_line_that_a_plan_change_brought_in_is_registered():
    brought = change(
        saving_ref="PL-21-099", change_type="New", amount_gbp=Decimal(50_000), directorate_code="PL", is_cashable=True
    )
    judgement = judged(good_return(lines=[*LINES, NEW]), data=reference_with(plan_change=[brought]))
    assert (told(judgement), judgement.rows_quarantined) == ([], 0)


def test_a_line_that_the_plan_gives_to_another_directorate_blocks():
    """F-B09."""
    rows = [
        row | {"directorate_code": "AH"} if row["saving_ref"] == "PL-21-003" else row
        for row in reference().tables["approved_plan"]
    ]
    judgement = judged(good_return(), data=reference_with(approved_plan=rows))
    assert told(judgement) == [("D68", "B", at("Savings", "saving_ref", 4))]
    assert "By the plan, PL-21-003 of 2021/22 belongs to AH" in found(judgement, "D68")[0].message


def test_an_unregistered_line_that_another_directorate_reports_for_the_period_blocks():
    """F-B09."""
    both = accepted(good_return(lines=[*LINES, NEW]))
    only_new = [row for row in both.read(SAVINGS, None) if row["saving_ref"] == "PL-21-099"]
    other = replace(both, directorate_code="CO", read=lambda sheet, _: only_new if sheet is SAVINGS else [])
    judgement = judged(
        good_return(lines=[*LINES, NEW | {"saving_title": "Another", "projected_gbp": 50_000}]), history=Past((other,))
    )
    assert [finding for finding in told(judgement) if finding[0] == "D68"] == [
        ("D68", "B", at("Savings", "saving_ref", 6))
    ]


def test_a_missing_line_blocks_by_its_name():
    """F-B16."""
    judgement = judged(good_return(lines=LINES[:3]))
    assert told(judgement) == [("D27", "B", "Savings")]
    finding = found(judgement, "D27")[0]
    assert "The line PL-21-004 of 2021/22 is missing" in finding.message
    assert finding.code == "line-missing"


def test_every_missing_line_is_named():
    """F-B16."""
    assert len(found(judged(good_return(lines=LINES[:1], rows={})), "D27")) == 3


def test_a_slip_in_a_reference_points_from_the_missing_line_to_the_row():
    """F-B10."""
    judgement = judged(changed(4, saving_ref="PL-21-030"))
    where = at("Savings", "saving_ref", 4)
    assert told(judgement) == [("D27", "B", where), ("D28", "W", where)]
    assert "PL-21-003" in found(judgement, "D27")[0].message
    assert "If you mean PL-21-00" in found(judgement, "D28")[0].message


def test_a_misread_reference_is_not_a_missing_line_as_well():
    judgement = judged(changed(4, saving_ref="PL-21-O03"))
    assert told(judgement) == [("D14", "B", at("Savings", "saving_ref", 4))]


def test_a_reference_written_over_another_is_told_as_the_line_that_is_there_twice():
    judgement = judged(changed(4, saving_ref="PL-21-001"))
    assert told(judgement) == [("D15", "B", at("Savings", "saving_ref", 4))]


def test_a_misread_reference_does_not_hide_another_missing_line():
    lines = [dict(LINES[0]), LINES[2] | {"saving_ref": "PL-21-O03"}, LINES[3]]
    judgement = judged(good_return(lines=lines))
    assert [finding.rule for finding in judgement.findings if finding.severity == "B"] == ["D27", "D14"]
    assert "PL-21-002" in found(judgement, "D27")[0].message


def test_a_return_without_rows_that_is_not_nil_is_blocked_once():
    """F-B19."""
    judgement = judged(good_return(lines=[], rows={"Investment": []}))
    assert told(judgement) == [("D27", "B", "Savings")]
    assert found(judgement, "D27")[0].code == "no-data"


def test_nil_is_blocked_while_lines_are_open():
    """F-B19."""
    judgement = judged(nil_return())
    assert told(judgement) == [("D27", "B", at("Return", "return_type"))]
    assert "PL-21-001, PL-21-002, PL-21-003, PL-21-004" in found(judgement, "D27")[0].message


def test_nil_with_control_totals_that_are_not_nil_is_blocked():
    nobody = reference_with(approved_plan=[])
    judgement = judged(nil_return({at("Return", "control_baseline"): 5}), data=nobody)
    assert told(judgement) == [("D25", "B", at("Return", "control_baseline"))]


def test_lines_of_later_plan_years_may_be_sent_and_need_not_be():
    later = {
        **reference().tables["approved_plan"][0],
        "saving_ref": "PL-22-001",
        "plan_year": "2022/23",
        "directorate_code": "PL",
        "baseline_gbp": Decimal(10),
    }
    data = reference_with(approved_plan=[*reference().tables["approved_plan"], later])
    assert told(judged(good_return(), data=data)) == []
    sent = line("PL-22-001", 10, 10, plan_year="2022/23", saving_title="Next year")
    assert told(judged(good_return(lines=[*LINES, sent]), data=data)) == []


# The next year: three lines are still open, the one that delivered in full is closed.
CLOSING = accepted(good_return(form=form_fields(period="P13")))
NEXT_YEAR = form_fields("2022/23", "P01")


def next_year(lines, **more):
    return good_return(lines=lines, form=NEXT_YEAR, rows={"Investment": []}, **more)


OPEN = [
    LINES[1] | {"deferred_to_year": "2023/24", "fund_ref": None},
    LINES[3] | {"deferred_to_year": "2023/24"},
]


def rules(judgement):
    return {finding.rule for finding in judgement.findings}


def test_a_line_that_is_closed_need_not_be_sent_again():
    judgement = judged(next_year(OPEN), history=Past((CLOSING,)))
    assert "D27" not in rules(judgement)


def test_an_open_line_of_an_earlier_plan_year_must_be_sent():
    finding = found(judged(next_year(OPEN[:1]), history=Past((CLOSING,))), "D27")
    assert ["PL-21-004" in each.message for each in finding] == [True]


def test_a_line_written_off_without_a_recorded_decision_stays_open():
    lines = [
        LINES[0] | {"projected_gbp": 700_000, "undeliverable_gbp": 80_000, "rag": "Amber", "decision_ref": "CAB-9"},
        *LINES[1:],
    ]
    close = accepted(good_return(lines=lines, form=form_fields(period="P13")))
    assert [
        ("PL-21-001" in each.message) for each in found(judged(next_year(OPEN), history=Past((close,))), "D27")
    ] == [True]
    decided = reference_with(decision=[{"decision_ref": "CAB-9", "body": "Cabinet", "decided_on": None, "title": "x"}])
    assert found(judged(next_year(OPEN), history=Past((close,)), data=decided), "D27") == []


def test_a_replacement_of_the_previous_period_must_be_sent_again():
    replacement = line(
        "PL-21-044", 0, 80_000, replaces_ref="PL-21-003", project_ref="PRJ-0303", full_year_effect_gbp=80_000
    )
    before = accepted(good_return(lines=[*LINES, replacement]))
    book = good_return(form=form_fields(period="P07"))
    finding = found(judged(book, history=Past((before,))), "D27")[0]
    assert "PL-21-044 of 2021/22 is missing. It was in your return for P06" in finding.message


@pytest.mark.parametrize("period", ["P06", "P07"])
def test_a_deleted_line_need_not_be_sent_from_the_period_on(period):
    deleted = change(change_type="Delete", amount_gbp=Decimal(-759_000), saving_ref="PL-21-004", effective_period="P07")
    book = good_return(lines=LINES[:3], form=form_fields(period=period))
    judgement = judged(book, data=reference_with(plan_change=[deleted]))
    assert ("D27" in rules(judgement)) is (period == "P06")


def test_a_plan_year_beside_an_unreadable_cell_is_named_all_the_same():
    judgement = judged(changed(2, plan_year="2020-21", projected_gbp="TBC"))
    assert told(judgement) == [("D26", "B", PLAN_YEAR), ("D09", "B", at("Savings", "projected_gbp"))]
    assert found(judgement, "D26")[0].message.endswith("You entered '2020-21'. Enter 2021/22.")
