"""Lines by themselves and beside each other (D15, D18 to D25, D32 to D40, D51, D53, D58)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sources.findings.findings import Verdict
from tests.defects import Defect, assert_found_and_nothing_else, each
from tests.returns import (
    DEFERRED,
    LINES,
    SIGNED,
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

WHY = "Fewer visitors than planned: £39,500 of it has no delivery route this year."


def changed(row, **columns):
    """Return the clean return with columns of one line changed; row 2 is the first."""
    lines = [dict(each) for each in LINES]
    lines[row - 2] |= columns
    return good_return(lines=lines)


def savings(column, row=2):
    return at("Savings", column, row)


def split(*amounts, line=1):
    years = ("2022/23", "2023/24", "2024/25")
    return [
        {
            "saving_ref": LINES[line]["saving_ref"],
            "plan_year": "2021/22",
            "deferred_to_year": year,
            "deferred_gbp": amount,
            "reason": "Covid",
        }
        for year, amount in zip(years, amounts, strict=False)
    ]


def with_split(rows, **columns):
    lines = [dict(each) for each in LINES]
    lines[1] |= {"deferred_to_year": "Multiple", **columns}
    return good_return(lines=lines, rows={"Deferrals": rows})


DEFECTS = [
    Defect(
        "a plan year before the first plan",
        changed(2, plan_year="2018/19", recurrence="One-off"),
        "D17",
        "B",
        savings("plan_year"),
        "'2018/19'",
    ),
    Defect(
        "a deferral to this year",
        changed(3, deferred_to_year="2021/22"),
        "D18",
        "B",
        savings("deferred_to_year", 3),
        "'2021/22'",
    ),
    Defect(
        "a deferral to this year of a line that starts later",
        changed(3, deferred_to_year="2021/22", start_date=date(2022, 4, 1)),
        "D18",
        "B",
        savings("deferred_to_year", 3),
        "'2021/22'",
    ),
    Defect(
        "a deferral without a year",
        changed(3, deferred_to_year=None),
        "D19",
        "B",
        savings("deferred_to_year", 3),
        "£225,000 is deferred",
    ),
    Defect(
        "a year without a deferral",
        changed(2, deferred_to_year="2022/23"),
        "D19",
        "B",
        savings("deferred_gbp"),
        "deferred to 2022/23, but no amount",
    ),
    Defect(
        "undeliverable without a decision",
        changed(4, projected_gbp=400_000, undeliverable_gbp=89_000, rag="Amber"),
        "D21",
        "C",
        savings("undeliverable_gbp", 4),
        "'89000'",
    ),
    Defect(
        "an unrecorded decision",
        changed(4, projected_gbp=400_000, undeliverable_gbp=89_000, rag="Amber", decision_ref="CAB-1"),
        "D21",
        "C",
        savings("decision_ref", 4),
        "This decision is not recorded",
    ),
    Defect(
        "an unexplained remainder",
        changed(4, projected_gbp=449_500, rag="Amber", variance_explanation=WHY),
        "D22",
        "W",
        savings("projected_gbp", 4),
        "£39,500 of the baseline is not projected",
    ),
    Defect(
        "a pound placed twice",
        changed(3, projected_gbp=140_001),
        "D22",
        "B",
        savings("deferred_gbp", 3),
        "£1 more than the baseline",
    ),
    Defect(
        "an over-achievement and a deferral (R36)",
        changed(4, projected_gbp=537_900, undeliverable_gbp=5),
        "D22",
        "B",
        savings("undeliverable_gbp", 4),
        "£5 more than the baseline",
        also=(("D21", "C", savings("undeliverable_gbp", 4)),),
    ),
    Defect(
        "more achieved than projected",
        changed(3, achieved_to_date_gbp=150_000, budget_code="PL10003", variance_explanation=WHY),
        "D23",
        "W",
        savings("achieved_to_date_gbp", 3),
        "£140,000",
    ),
    Defect(
        "delivered without being achieved", changed(2, status="Delivered"), "D32", "W", savings("status"), "'Delivered'"
    ),
    Defect("delayed without a deferral", changed(2, status="Delayed"), "D32", "W", savings("status"), "'Delayed'"),
    Defect(
        "undeliverable without an amount",
        changed(2, status="Undeliverable"),
        "D32",
        "W",
        savings("status"),
        "'Undeliverable'",
    ),
    Defect(
        "a green line that is red by its amounts",
        changed(3, rag="Green"),
        "D33",
        "W",
        savings("rag", 3),
        "By its amounts this line is Red. You entered 'Green'",
    ),
    Defect(
        "a projection far above the baseline",
        changed(
            2,
            projected_gbp=1_638_000,
            full_year_effect_gbp=1_638_000,
            variance_explanation="More people took it up: £858,000 above the baseline.",
        ),
        "D34",
        "W",
        savings("projected_gbp"),
        "110% above the baseline of £780,000",
    ),
    Defect(
        "cashable cost avoidance",
        changed(2, benefit_type="Cost avoidance"),
        "D37",
        "B",
        savings("cashable"),
        "'Cashable'",
    ),
    Defect(
        "part of a year with more than the full effect",
        changed(2, start_date=date(2021, 7, 1), full_year_effect_gbp=700_000, variance_explanation=WHY),
        "D39",
        "W",
        savings("projected_gbp"),
        "£700,000",
    ),
    Defect(
        "a delivered saving without its budget",
        changed(2, budget_code=None),
        "D53",
        "C",
        savings("budget_code"),
        "Enter the code of the budget",
    ),
    Defect(
        "a split deferral that does not add up",
        with_split(split(200_000, 24_999)),
        "D20",
        "B",
        at("Deferrals", "deferred_gbp"),
        "£224,999, but Savings!N3 says £225,000",
    ),
    Defect(
        "a split deferral without its rows", with_split([]), "D20", "B", savings("deferred_to_year", 3), "'Multiple'"
    ),
    Defect(
        "a split of a line that is not there",
        good_return(rows={"Deferrals": [split(1)[0] | {"saving_ref": "PL-21-009"}]}),
        "D20",
        "B",
        at("Deferrals", "saving_ref"),
        "'PL-21-009'",
    ),
    Defect(
        "a split to this year",
        with_split([split(225_000)[0] | {"deferred_to_year": "2021/22"}]),
        "D18",
        "B",
        at("Deferrals", "deferred_to_year"),
        "'2021/22'",
    ),
    Defect(
        "a wrong control total",
        good_return({at("Return", "control_projected"): 1_409_001}),
        "D25",
        "B",
        at("Return", "control_projected"),
        "£1,409,001, but the rows add up to £1,409,000 (difference £1)",
    ),
    Defect(
        "a wrong number of rows",
        good_return({at("Return", "control_row_count"): 5}),
        "D25",
        "B",
        at("Return", "control_row_count"),
        "'5'",
    ),
    Defect(
        "a project that is there twice",
        good_return(
            {
                at("Projects", "project_ref", 6): "PRJ-0301",
                at("Projects", "project_name", 6): "Climate strategy",
                at("Projects", "directorate_code", 6): "PL",
                at("Projects", "owner_post", 6): "Head",
                at("Projects", "stage", 6): "Delivery",
            }
        ),
        "D15",
        "B",
        at("Projects", "project_ref", 6),
        "on row 2 and again on row 6",
    ),
    Defect(
        "a line that replaces nothing",
        changed(2, replaces_ref="PL-21-777"),
        "D40",
        "B",
        savings("replaces_ref"),
        "'PL-21-777'",
    ),
    Defect(
        "a replacement with a baseline",
        changed(2, replaces_ref="PL-21-003"),
        "D40",
        "B",
        savings("replaces_ref"),
        "£780,000",
    ),
]


@each(DEFECTS)
def test_a_defect_of_a_line_is_named(defect):
    assert_found_and_nothing_else(defect)


def test_a_line_that_is_there_twice_names_both_rows():
    """F-B08."""
    judgement = judged(good_return(lines=[*LINES, LINES[0]]))
    assert ("D15", "B", savings("saving_ref", 6)) in told(judgement)
    message = found(judgement, "D15")[0].message
    assert "PL-21-001 2021/22 is on row 2 and again on row 6" in message
    assert "Savings!A2 and Savings!A6" in message


def test_achieved_above_projected_on_half_of_the_lines_looks_like_swapped_columns():
    """F-B17."""
    lines = [dict(each) for each in LINES]
    for each_line in lines[:3]:
        each_line |= {"achieved_to_date_gbp": each_line["projected_gbp"] + 1, "budget_code": "PL10001"}
    judgement = judged(good_return(lines=lines))
    assert [(finding.severity, finding.cell) for finding in found(judgement, "D23")] == [("B", "L2")]
    assert "is projected (L2, L3, L4)" in found(judgement, "D23")[0].message


def test_a_swap_of_two_lines_is_too_few_to_tell():
    lines = [dict(LINES[0]) | {"projected_gbp": 0, "achieved_to_date_gbp": 1}]
    assert [finding.severity for finding in found(judged(good_return(lines=lines)), "D23")] == ["W"]


def many(amounts, **columns):
    plan = [
        {
            **reference().tables["approved_plan"][0],
            "saving_ref": f"PL-21-{n:03d}",
            "directorate_code": "PL",
            "baseline_gbp": Decimal(amount),
        }
        for n, amount in enumerate(amounts)
    ]
    lines = [line(f"PL-21-{n:03d}", amount, amount, **columns) for n, amount in enumerate(amounts)]
    return judged(good_return(lines=lines, rows={"Investment": []}), data=reference_with(approved_plan=plan))


def test_mostly_round_thousands_look_like_estimates():
    assert [finding.message for finding in found(many([1000, 2000, 3000, 4000, 5001]), "D35")] == [
        "Savings \u2013 Projected saving (£): 4 of 5 projected amounts are whole thousands. "
        "Check that they are forecasts and not placeholders."
    ]


@pytest.mark.parametrize("amounts", [[1000, 2000, 3000, 4000], [1000, 2000, 3000, 4001, 5001]])
def test_few_lines_or_seven_in_ten_are_not_mostly_round(amounts):
    assert found(many(amounts), "D35") == []


def test_one_figure_on_three_lines_is_asked_about_once_a_column():
    told_of = [(finding.cell, finding.message) for finding in found(many([1001, 1001, 1001, 7]), "D36")]
    assert [cell for cell, _ in told_of] == ["J2", "M2"]
    assert "£1,001 is on 3 lines (J2, J3, J4)" in told_of[0][1]


def test_a_figure_of_a_thousand_pounds_may_repeat():
    assert found(many([1000, 1000, 1000]), "D36") == []


def test_the_same_amounts_for_one_project_under_two_references_may_be_one_saving():
    finding = found(many([5001, 5001]), "D58")[0]
    assert (finding.severity, finding.cell) == ("W", "A3")
    assert "PL-21-000 (row 2) has the same project and the same amounts" in finding.message


def test_a_one_off_saving_that_comes_again_is_asked_about():
    rows = [
        LINES[0] | {"recurrence": "One-off"},
        *LINES[1:],
        LINES[0] | {"recurrence": "One-off", "plan_year": "2022/23"},
    ]
    finding = found(judged(good_return(lines=rows)), "D38")[0]
    assert (finding.severity, finding.cell) == ("W", place("recurrence", 6))
    assert "2021/22 and again in 2022/23" in finding.message


def place(column, row):
    return savings(column, row).partition("!")[2]


REPLACEMENT = line(
    "PL-21-044", 0, 80_000, replaces_ref="PL-21-003", full_year_effect_gbp=80_000, project_ref="PRJ-0303"
)


def test_a_replacement_of_a_registered_line_is_registered_itself():
    judgement = judged(good_return(lines=[*LINES, REPLACEMENT]))
    assert (told(judgement), judgement.rows_quarantined) == ([], 0)


def test_a_replacement_of_a_replacement_is_registered_through_it():
    second = REPLACEMENT | {"saving_ref": "PL-21-045", "replaces_ref": "PL-21-044", "saving_title": "Another"}
    assert judged(good_return(lines=[*LINES, REPLACEMENT, second])).rows_quarantined == 0


def test_lines_that_replace_each_other_go_round_in_a_circle():
    first = REPLACEMENT | {"replaces_ref": "PL-21-045"}
    second = REPLACEMENT | {"saving_ref": "PL-21-045", "replaces_ref": "PL-21-044", "saving_title": "Another"}
    finding = found(judged(good_return(lines=[*LINES, first, second])), "D40")[0]
    assert (finding.severity, finding.cell) == ("B", place("replaces_ref", 6))
    assert "PL-21-044 replaces itself" in finding.message


def test_a_chain_of_two_hundred_replacements_is_registered_through_its_last_link():
    """Ruling F7."""
    chain = [
        REPLACEMENT
        | {"saving_ref": f"PL-21-{500 + number}", "saving_title": f"Saving {number}", "projected_gbp": 10_001 + number}
        | ({"replaces_ref": f"PL-21-{500 + number - 1}"} if number else {})
        for number in range(200)
    ]
    judgement = judged(good_return(lines=[*LINES, *reversed(chain)]))
    assert (found(judgement, "D40"), judgement.rows_quarantined) == ([], 0)


def replacement(ref, of):
    return REPLACEMENT | {"saving_ref": ref, "replaces_ref": of, "saving_title": f"In place of {of}"}


def replacing(period, *links, year="2021/22"):
    """Return the clean return of a period with replacements, each the line and the one that it covers."""
    return good_return(lines=[*LINES, *(replacement(*link) for link in links)], form=form_fields(year, period))


def test_lines_that_replace_each_other_over_two_returns_go_round_in_a_circle():
    """Ruling F7: a close has 46 replace 45, and 45 replace 44; the next year's first return has 44 replace 46."""
    links = [("PL-21-044", "PL-21-003"), ("PL-21-045", "PL-21-044"), ("PL-21-046", "PL-21-045")]
    history = Past((accepted(replacing("P13", *links)),))
    now = replacing("P01", ("PL-21-044", "PL-21-046"), year="2022/23")
    finding = found(judged(now, history=history), "D40")[0]
    assert (finding.severity, finding.cell) == ("B", place("replaces_ref", 6))
    assert "PL-21-044 replaces itself, through PL-21-046, PL-21-045" in finding.message


def test_what_an_earlier_return_said_of_a_line_that_is_sent_again_is_no_part_of_a_circle():
    """Ruling F7: P06 had 45 replace 44; P07 has 44 replace 45."""
    history = Past((accepted(replacing("P06", ("PL-21-044", "PL-21-003"), ("PL-21-045", "PL-21-044"))),))
    now = replacing("P07", ("PL-21-044", "PL-21-045"), ("PL-21-045", "PL-21-003"))
    judgement = judged(now, history=history)
    assert (found(judgement, "D40"), judgement.rows_quarantined) == ([], 0)


def test_a_decision_that_is_recorded_explains_what_is_undeliverable():
    decisions = [{"decision_ref": "CAB-1", "body": "Cabinet", "decided_on": date(2021, 9, 1), "title": "Write off"}]
    book = changed(4, projected_gbp=400_000, undeliverable_gbp=89_000, rag="Amber", decision_ref="CAB-1")
    assert told(judged(book, data=reference_with(decision=decisions))) == []


def test_a_split_deferral_that_adds_up_is_accepted():
    judgement = judged(with_split(split(200_000, 25_000)))
    assert (told(judgement), len(judgement.tables["deferral"])) == ([], 2)


def test_an_unexplained_remainder_keeps_a_return_from_being_certified():
    lines = [dict(each) for each in LINES]
    lines[2] |= {"projected_gbp": 449_500, "rag": "Amber", "variance_explanation": WHY}
    judgement = judged(good_return(lines=lines, form=form_fields(**SIGNED)))
    assert (judgement.verdict, judgement.certification) == (Verdict.ACCEPTED, "Provisional")
    assert told(judgement) == [("D22", "C", savings("projected_gbp", 4))]


@pytest.mark.parametrize(
    ("why", "says"),
    [
        (None, "30 characters"),
        ("Late.", "30 characters"),
        ("Fewer visitors parked in 2021/22 than in the plan.", "has no amount in it"),
    ],
)
def test_a_line_that_warns_needs_an_explanation_with_an_amount(why, says):
    judgement = judged(changed(4, projected_gbp=449_500, rag="Amber", variance_explanation=why))
    finding = found(judgement, "D51")[0]
    assert (finding.severity, finding.cell) == ("C", place("variance_explanation", 4))
    assert says in finding.message
    assert "the unexplained amount" in finding.message


def test_one_unreadable_amount_raises_nothing_that_only_follows_from_it():
    edits = {savings("baseline_gbp"): "about 780", savings("deferred_gbp", 3): "?"}
    assert [where for _, _, where in told(judged(good_return(edits)))] == list(edits)


def test_derived_rag_is_blue_only_for_a_certified_return():
    lines = [dict(LINES[0]) | {"achieved_to_date_gbp": 780_000, "status": "Delivered", "rag": "Blue"}, *LINES[1:]]
    assert told(judged(good_return(lines=lines, form=form_fields(**SIGNED)))) == []
    assert told(judged(good_return(lines=lines))) == [("D33", "W", savings("rag"))]


@pytest.mark.parametrize(
    ("projected", "deferred", "derived"),
    [
        (780_000, 0, "Green"),
        (756_600, 23_400, "Amber"),  # 97 % and 3 % deferred
        (740_999, 0, "Amber"),
        (585_000, 195_000, "Amber"),  # 75 % and 25 %: on both limits
        (584_999, 195_000, "Red"),
        (584_999, 195_001, "Red"),
    ],
)
def test_rag_is_derived_from_the_amounts_first_that_applies(projected, deferred, derived):
    later = {"deferred_to_year": "2022/23", "status": "Delayed"} if deferred else {}
    judgement = judged(changed(2, projected_gbp=projected, deferred_gbp=deferred, rag="Blue", **later))
    assert [f"By its amounts this line is {derived}." in finding.message for finding in found(judgement, "D33")] == [
        True
    ]


def test_a_deferral_year_may_be_before_the_start_of_a_deferred_line():
    book = changed(5, start_date=date(2023, 3, 31), **DEFERRED)
    assert told(judged(book)) == []


def test_a_year_beyond_the_calendar_is_blocked_on_every_sheet_for_it_would_have_nowhere_to_stand():
    """Or one typed year would stop everybody's release."""
    ideas = [{"idea_ref": "ID-1", "title": "An idea", "year": "2045/46", "likely_gbp": 1, "maturity": "Idea"}]
    assert [finding.sheet for finding in found(judged(good_return(rows={"Pipeline": ideas})), "D17")] == ["Pipeline"]


def test_the_rag_is_derived_from_the_certification_as_it_is_accepted():
    """Ruling F9: a return that says Certified and is accepted as provisional is judged as the warehouse holds it."""
    blue = {"achieved_to_date_gbp": 780_000, "status": "Delivered", "rag": "Blue", "budget_code": "PL10001"}
    lines = [LINES[0] | blue, *LINES[1:]]
    signed = judged(good_return(lines=lines, form=form_fields(**SIGNED)))
    assert (signed.certification, found(signed, "D33")) == ("Certified", [])
    unsigned = judged(good_return(lines=lines, form=form_fields(**SIGNED | {"director_name": None})))
    assert unsigned.certification == "Provisional"
    assert "By its amounts this line is Green" in found(unsigned, "D33")[0].message
