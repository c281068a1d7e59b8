"""What a template is pre-filled with: whose lines, which cells, what kind of return (R24, R34, R42, R51, R52)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sources.custody.ledger import Ledger
from sources.intake.prefill import NotCollectedError, Prefill
from sources.judging.history import LedgerHistory
from sources.lines.line_files import write_lines
from sources.template.declaration import SAVINGS, SHEETS, sheet_named
from tests.homes import decide, fresh_home, send
from tests.returns import (
    FUND_ROWS,
    LINES,
    PROJECT_ROWS,
    SIGNED,
    form_fields,
    good_return,
    judged,
    line,
    reference,
    reference_with,
)

P06, P07, NEXT_YEAR = ("2021/22", "P06"), ("2021/22", "P07"), ("2022/23", "P01")
# Ruling A5: what every period says of a line anew; all else is carried or decided by the plan.
SAID_ANEW = ("achieved_to_date_gbp", "projected_gbp", "variance_explanation", "notes")
NEVER_FILLED = (
    "restatement_reason",
    "prepared_by",
    "prepared_by_email",
    "prepared_date",
    "director_name",
    "director_signoff_date",
    "finance_bp_name",
    "finance_bp_signoff_date",
    "status",
)
RISK = {
    "risk_ref": "R1",
    "saving_ref": "PL-21-001",
    "description": "Staff leave.",
    "likelihood": 3,
    "impact_gbp": 50_000,
    "current_rating": "High",
    "residual_rating": "Medium",
    "owner_post": "Head of planning",
}
SPLIT = {
    "saving_ref": "PL-21-002",
    "plan_year": "2021/22",
    "deferred_to_year": "2022/23",
    "deferred_gbp": 225_000,
    "reason": "Covid",
}
PROPOSAL = {
    "change_ref": "PC-9",
    "saving_ref": "PL-21-002",
    "plan_year": "2021/22",
    "type": "Reduce",
    "amount_gbp": 65_000,
    "reason": "The contract ends early.",
}
IDEA = {"idea_ref": "I1", "title": "Shared depots", "year": "2022/23", "low_gbp": 1, "high_gbp": 2, "maturity": "Idea"}


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def take_in(home, ledger, period=P06, lines=LINES, folder="PL", certification="Provisional", form=None, **rows):
    """Let a return be accepted whose Savings sheet has these lines."""
    book = good_return(lines=lines, form=form_fields(*period, directorate_code=folder, **(form or {})), rows=rows)
    judgement = judged(book, folder=folder)
    assert judgement.tables, [finding.message for finding in judgement.findings]
    submission = send(ledger, folder, f"{folder} {period}".encode())
    write_lines(home, submission.submission_id, judgement.tables)
    lines_of = {"lines": submission.submission_id, "certification": certification}
    return decide(ledger, submission, "accepted", *period, **lines_of)


def prefill(home, ledger, period=P07, directorate="PL", data=None):
    return Prefill(directorate, period, data or reference(), home, LedgerHistory(home, ledger))


def lines_of(filled):
    return filled.tables["Savings"]


def by_ref(filled):
    return {row["saving_ref"]: row for row in lines_of(filled)}


def entered(row, sheet=SAVINGS):
    """Return what a row has in the sheet's own columns."""
    return {column.name: row[column.name] for column in sheet.columns if row.get(column.name) is not None}


def change(**columns):
    return {
        "change_ref": "PC-1",
        "saving_ref": "PL-21-002",
        "plan_year": "2021/22",
        "change_type": "Reduce",
        "amount_gbp": Decimal(-65_000),
        "directorate_code": None,
        "is_cashable": None,
        "counterpart_ref": None,
        "effective_year": "2021/22",
        "effective_period": "P07",
        "decision_ref": "CAB-1",
        **columns,
    }


def test_before_the_first_return_the_plan_alone_says_what_it_knows(home, ledger):
    filled = prefill(home, ledger, P06)
    assert [*by_ref(filled)] == ["PL-21-001", "PL-21-002", "PL-21-003", "PL-21-004"]
    assert {name: value for name, value in lines_of(filled)[0].items() if value is not None} == {
        "saving_ref": "PL-21-001",
        "plan_year": "2021/22",
        "cashable": "Cashable",
        "baseline_gbp": Decimal("780000.00"),
        "deferred_gbp": Decimal(0),
        "undeliverable_gbp": Decimal(0),
    }
    assert filled.return_fields == {"return_type": "Initial", "supersedes_version": None}
    assert {name for name, rows in filled.tables.items() if rows} == {"Savings"}
    assert filled.carried == frozenset()
    assert "You have sent no return before" in filled.notes[0]


def test_a_new_period_has_all_of_a_line_but_what_every_period_says_anew(home, ledger):
    # Ruling A5: the deferral is to 2022/23, after the new reporting year.
    take_in(home, ledger)
    row = by_ref(prefill(home, ledger))["PL-21-002"]
    assert entered(row) == {
        "saving_ref": "PL-21-002",
        "plan_year": "2021/22",
        "project_ref": "PRJ-0302",
        "saving_title": "Saving PL-21-002",
        "service": "PL-PLA",
        "benefit_type": "Efficiency",
        "cashable": "Cashable",
        "recurrence": "Recurrent",
        "start_date": date(2021, 4, 1),
        "baseline_gbp": Decimal("365000.00"),
        "full_year_effect_gbp": Decimal("365000.00"),
        "deferred_gbp": Decimal("225000.00"),
        "deferred_to_year": "2022/23",
        "undeliverable_gbp": Decimal(0),
        "status": "Delayed",
        "rag": "Red",
        "maturity": "Delivering",
    }
    assert (row["achieved_last_period_gbp"], row["projected_last_period_gbp"]) == (Decimal(0), Decimal(140_000))


def test_every_column_is_said_anew_or_carried_and_marked_or_the_plans(home, ledger):
    # Ruling A5. A replacement is no line of the plan: all of it is carried.
    said = {"notes": "As agreed.", "variance_explanation": "x" * 40, "decision_ref": "CAB-1", "budget_code": "PL10003"}
    own = line(
        "PL-21-044", 0, 80_000, replaces_ref="PL-21-002", fund_ref="TF-0001", full_year_effect_gbp=80_000, **said
    )
    take_in(home, ledger, lines=[own, *LINES])
    filled = prefill(home, ledger)
    carried = {*own} - {*SAID_ANEW}
    assert {*entered(lines_of(filled)[0])} == carried == carried_of(filled, 0)
    assert {*entered(lines_of(filled)[1])} - carried_of(filled, 1) == {"cashable", "baseline_gbp"}


def carried_of(filled, index):
    return {name for sheet, at, name in filled.carried if (sheet, at) == ("Savings", index)}


def test_a_deferral_that_has_come_due_is_asked_for_again(home, ledger):
    # Ruling A5: a 0 there turned what was deferred into unexplained pounds.
    to_2023 = {"deferred_to_year": "2023/24"}
    lines = [LINES[0], LINES[1], LINES[2], {**LINES[3], **to_2023}]
    take_in(home, ledger, ("2021/22", "P13"), lines)
    filled = by_ref(prefill(home, ledger, NEXT_YEAR))
    deferral = {ref: (row["deferred_gbp"], row["deferred_to_year"]) for ref, row in filled.items()}
    assert deferral == {"PL-21-002": (None, None), "PL-21-004": (Decimal(759_000), "2023/24")}


@pytest.mark.parametrize(("years", "is_there"), [(("2023/24", "2024/25"), True), (("2022/23", "2023/24"), False)])
def test_a_split_deferral_goes_on_only_if_all_of_it_is_for_later_years(home, ledger, years, is_there):
    # Ruling A5.
    lines = [*LINES[:3], {**LINES[3], "deferred_to_year": "Multiple"}]
    parts = [
        {
            "saving_ref": "PL-21-004",
            "plan_year": "2021/22",
            "deferred_to_year": year,
            "deferred_gbp": amount,
            "reason": "Covid",
        }
        for year, amount in zip(years, (700_000, 59_000), strict=True)
    ]
    take_in(home, ledger, ("2021/22", "P13"), lines, Deferrals=parts)
    filled = prefill(home, ledger, NEXT_YEAR)
    assert by_ref(filled)["PL-21-004"]["deferred_to_year"] == ("Multiple" if is_there else None)
    assert [row["deferred_to_year"] for row in filled.tables["Deferrals"]] == ([*years] if is_there else [])
    assert (("Deferrals", 0, "deferred_gbp") in filled.carried) is is_there


def test_what_cannot_be_deferred_says_so_again(home, ledger):
    # R18.
    take_in(home, ledger, lines=[{**LINES[0], "deferred_gbp": "N/A"}, *LINES[1:]])
    assert by_ref(prefill(home, ledger))["PL-21-001"]["deferred_gbp"] == "N/A"
    assert by_ref(prefill(home, ledger, P06))["PL-21-001"]["deferred_gbp"] == "N/A"


def test_a_period_that_was_sent_comes_back_as_it_was_sent(home, ledger):
    # Ruling A5: every figure of every sheet, and nothing marked as carried.
    sheets = {"Risks": [RISK], "Pipeline": [IDEA], "PlanChanges": [PROPOSAL], "Deferrals": [SPLIT]}
    lines = [{**LINES[0], "notes": "As agreed."}, {**LINES[1], "deferred_to_year": "Multiple"}, *LINES[2:]]
    take_in(home, ledger, lines=lines, **sheets)
    filled = prefill(home, ledger, P06)
    sent = {"Savings": lines, "Projects": [*PROJECT_ROWS], "Investment": [*FUND_ROWS], **sheets}
    for name, rows in sent.items():
        sheet = sheet_named(name)
        assert [as_typed(row) for row in filled.tables[name]] == [as_typed(row) for row in rows], name
        assert {*filled.tables} == {each.name for each in SHEETS}
        assert len(filled.tables[sheet.name]) == len(rows)
    assert filled.carried == frozenset()
    assert "every figure is as you sent it" in filled.notes[0]


def as_typed(row):
    """Return a row without what only typed lines have, its words as the lists have them."""
    words = {"No": False, "Yes": True, "Planning": "PL-PLA"}
    names = {column.name for sheet in SHEETS for column in sheet.columns}
    return {name: words.get(value, value) for name, value in row.items() if name in names and value is not None}


@pytest.mark.parametrize("period", [P06, P07])
def test_who_prepared_and_signed_it_is_never_filled_in(home, ledger, period):
    # Ruling A5: nor is a certified return certified again by being corrected.
    take_in(home, ledger, form={**SIGNED})
    assert {*prefill(home, ledger, period).return_fields}.isdisjoint(NEVER_FILLED)


def test_a_proposal_goes_on_until_finance_has_recorded_it(home, ledger):
    # R34.
    take_in(home, ledger, PlanChanges=[PROPOSAL, {**PROPOSAL, "change_ref": "PC-1"}])
    decided = reference_with(plan_change=[change(amount_gbp=Decimal(-1))])
    assert [row["change_ref"] for row in prefill(home, ledger, data=decided).tables["PlanChanges"]] == ["PC-9"]


def test_a_fund_is_asked_in_a_new_year_which_year_its_figures_are_of(home, ledger):
    take_in(home, ledger)
    assert [row["year"] for row in prefill(home, ledger).tables["Investment"]] == ["2021/22"]
    assert [row["year"] for row in prefill(home, ledger, NEXT_YEAR).tables["Investment"]] == [None]


def test_what_is_cumulative_comes_again_and_a_risk_only_with_its_line(home, ledger):
    take_in(home, ledger, Risks=[RISK, {**RISK, "risk_ref": "R2", "saving_ref": "PL-21-002"}], Pipeline=[IDEA])
    gone = reference_with(plan_change=[change(change_type="Delete", amount_gbp=Decimal(-365_000))])
    filled = prefill(home, ledger, data=gone)
    assert [row["project_ref"] for row in filled.tables["Projects"]] == [row["project_ref"] for row in PROJECT_ROWS]
    assert [row["drawn_to_date_gbp"] for row in filled.tables["Investment"]] == [Decimal("400000.00")]
    assert [row["risk_ref"] for row in filled.tables["Risks"]] == ["R1"]
    assert [row["idea_ref"] for row in filled.tables["Pipeline"]] == ["I1"]


def test_baselines_are_those_of_the_plan_in_force_and_deleted_lines_are_gone(home, ledger):
    take_in(home, ledger)
    reduced = prefill(home, ledger, data=reference_with(plan_change=[change()]))
    assert by_ref(reduced)["PL-21-002"]["baseline_gbp"] == Decimal("300000.00")
    deleted = reference_with(plan_change=[change(change_type="Delete", amount_gbp=Decimal(-365_000))])
    assert [*by_ref(prefill(home, ledger, data=deleted))] == ["PL-21-001", "PL-21-003", "PL-21-004"]


def test_a_line_that_the_plan_brought_in_has_the_plans_cells_alone(home, ledger):
    take_in(home, ledger)
    brought = change(
        saving_ref="PL-21-005",
        change_type="New",
        amount_gbp=Decimal(90_000),
        directorate_code="PL",
        is_cashable=False,
    )
    last = lines_of(prefill(home, ledger, data=reference_with(plan_change=[brought])))[-1]
    assert (last["saving_ref"], last["baseline_gbp"], last["cashable"], last["saving_title"]) == (
        "PL-21-005",
        Decimal(90_000),
        "Non-cashable",
        None,
    )


def test_a_moved_line_goes_to_who_has_it_in_that_period_with_its_project(home, ledger):
    # R24.
    take_in(home, ledger)
    moved = reference_with(plan_change=[change(change_type="Move", amount_gbp=Decimal(0), directorate_code="CO")])
    assert "PL-21-002" not in by_ref(prefill(home, ledger, data=moved))
    received = prefill(home, ledger, directorate="CO", data=moved)
    (row,) = lines_of(received)
    assert (row["saving_title"], row["project_ref"]) == ("Saving PL-21-002", "PRJ-0302")
    # Neither is the sender's service one of the receiver's, nor was it the receiver's projection.
    assert (row["service"], row.get("projected_last_period_gbp")) == (None, None)
    assert [project["project_name"] for project in received.tables["Projects"]] == ["Route optimisation phase 1"]
    assert "PL-21-002" in by_ref(prefill(home, ledger, P06, data=moved))


def test_a_moved_line_leaves_its_fund_behind(home, ledger):
    # The fund's amounts are cumulative: reported by two, they would count twice.
    take_in(home, ledger)
    move = change(saving_ref="PL-21-001", change_type="Move", amount_gbp=Decimal(0), directorate_code="CO")
    assert by_ref(prefill(home, ledger))["PL-21-001"]["fund_ref"] == "TF-0001"
    received = prefill(home, ledger, directorate="CO", data=reference_with(plan_change=[move]))
    assert (lines_of(received)[0]["fund_ref"], received.tables["Investment"]) == (None, [])


def test_closed_lines_are_left_out_and_replacements_and_later_years_kept(home, ledger):
    # R51.
    lines = [
        {**LINES[0], "deferred_gbp": 0},
        LINES[1],
        LINES[2],
        LINES[3],
        line("PL-21-044", 0, 80_000, replaces_ref="PL-21-002", full_year_effect_gbp=80_000),
        line("PL-22-001", 0, 10_000, plan_year="2023/24", replaces_ref="PL-21-004", start_date=date(2023, 4, 1)),
    ]
    take_in(home, ledger, ("2021/22", "P13"), lines)
    filled = prefill(home, ledger, NEXT_YEAR)
    assert [*by_ref(filled)] == ["PL-21-002", "PL-21-004", "PL-22-001"]
    same_year = prefill(home, ledger, ("2021/22", "P13"))
    assert [*by_ref(same_year)] == [each["saving_ref"] for each in lines]


def test_an_unregistered_line_is_not_lost(home, ledger):
    take_in(home, ledger, lines=[*LINES, line("PL-21-099", 5_000, 5_000)])
    assert by_ref(prefill(home, ledger))["PL-21-099"]["baseline_gbp"] == Decimal("5000.00")


def test_what_is_in_force_makes_it_a_resubmission_that_is_filled_from_it(home, ledger):
    # R42; what stands beside a projection is the period before, never the version replaced.
    take_in(home, ledger)
    take_in(home, ledger, P07, [{**LINES[0], "saving_title": "A new title"}, *LINES[1:]])
    filled = prefill(home, ledger)
    assert filled.return_fields == {"return_type": "Resubmission", "supersedes_version": 1}
    row = by_ref(filled)["PL-21-001"]
    assert (row["saving_title"], row["projected_last_period_gbp"]) == ("A new title", Decimal("780000.00"))
    assert "P07 of 2021/22 (version 1)" in filled.notes[0]


@pytest.mark.parametrize("certification", ["Certified", "Provisional"])
def test_what_is_certified_or_followed_by_a_later_period_is_restated(home, ledger, certification):
    take_in(home, ledger, certification=certification)
    if certification == "Provisional":
        take_in(home, ledger, P07)
    assert prefill(home, ledger, P06).return_fields == {"return_type": "Restatement", "supersedes_version": 1}


def test_who_has_no_line_is_offered_a_nil_return(home, ledger):
    # R43.
    filled = prefill(home, ledger, directorate="CO")
    assert (lines_of(filled), filled.return_fields["return_type"]) == ([], "Nil")


@pytest.mark.parametrize(
    ("directorate", "period", "says"),
    [
        ("XX", P07, "There is no directorate 'XX'. Choose from AH, CH, PL, CO."),
        ("PL", ("2021/22", "P05"), "There is no period 'P05'. Choose from P06, P07, P08"),
        ("PL", ("2021", "P07"), "There is no year '2021'. Choose from 2021/22, 2022/23"),
    ],
)
def test_a_return_that_is_not_collected_is_refused_with_the_choices(home, ledger, tmp_path, directorate, period, says):
    with pytest.raises(NotCollectedError, match=r".") as refused:
        prefill(home, ledger, period, directorate).write(tmp_path / "t.xlsx")
    assert says in str(refused.value)
    assert not (tmp_path / "t.xlsx").exists()
