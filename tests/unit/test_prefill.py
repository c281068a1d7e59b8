"""What a template is pre-filled with: whose lines, which cells, what kind of return (R24, R34, R42, R51, R52)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sources.custody.ledger import Ledger
from sources.intake.prefill import NotCollectedError, Prefill
from sources.judging.history import LedgerHistory
from sources.lines.line_files import write_lines
from sources.template.declaration import SAVINGS
from tests.homes import decide, fresh_home, send
from tests.returns import (
    LINES,
    PROJECT_ROWS,
    form_fields,
    good_return,
    judged,
    line,
    reference,
    reference_with,
)

P06, P07, NEXT_YEAR = ("2021/22", "P06"), ("2021/22", "P07"), ("2022/23", "P01")
ASKED_ANEW = (
    "full_year_effect_gbp",
    "achieved_to_date_gbp",
    "projected_gbp",
    "deferred_to_year",
    "status",
    "rag",
    "variance_explanation",
    "decision_ref",
    "notes",
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
IDEA = {"idea_ref": "I1", "title": "Shared depots", "year": "2022/23", "low_gbp": 1, "high_gbp": 2, "maturity": "Idea"}


@pytest.fixture
def home(tmp_path):
    return fresh_home(tmp_path)


@pytest.fixture
def ledger(home):
    with Ledger.open(home) as opened:
        yield opened


def take_in(home, ledger, period=P06, lines=LINES, folder="PL", certification="Provisional", **rows):
    """Let a return be accepted whose Savings sheet has these lines."""
    book = good_return(lines=lines, form=form_fields(*period, directorate_code=folder), rows=rows)
    judgement = judged(book, folder=folder)
    assert judgement.tables, [finding.message for finding in judgement.findings]
    submission = send(ledger, folder, f"{folder} {period}".encode())
    write_lines(home, submission.submission_id, judgement.tables)
    lines_of = {"lines": submission.submission_id, "certification": certification}
    return decide(ledger, submission, "accepted", *period, **lines_of)


def prefill(home, ledger, period=P07, directorate="PL", data=None):
    return Prefill(directorate, period, data or reference(), home, LedgerHistory(home, ledger))


def by_ref(filled):
    return {row["saving_ref"]: row for row in filled.lines}


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
    assert [row["saving_ref"] for row in filled.lines] == ["PL-21-001", "PL-21-002", "PL-21-003", "PL-21-004"]
    assert {name: value for name, value in filled.lines[0].items() if value is not None} == {
        "saving_ref": "PL-21-001",
        "plan_year": "2021/22",
        "cashable": "Cashable",
        "baseline_gbp": Decimal("780000.00"),
        "deferred_gbp": Decimal(0),
        "undeliverable_gbp": Decimal(0),
    }
    assert filled.return_fields == {"return_type": "Initial", "supersedes_version": None}
    assert (filled.projects, filled.investment, filled.risks, filled.pipeline) == ([], [], [], [])
    assert "no earlier return is in force" in filled.note


def test_a_line_says_again_what_it_is_and_is_asked_for_what_it_comes_to(home, ledger):
    take_in(home, ledger)
    row = by_ref(prefill(home, ledger))["PL-21-002"]
    assert {name: row[name] for name in row if name not in ASKED_ANEW and row[name] is not None} == {
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
        "maturity": "Delivering",
        "deferred_gbp": Decimal(0),
        "undeliverable_gbp": Decimal(0),
        "projected_last_period_gbp": Decimal("140000.00"),
    }
    assert [row.get(name) for name in ASKED_ANEW] == [None] * len(ASKED_ANEW)


def test_every_column_is_filled_by_plan_or_last_return_or_asked_anew(home, ledger):
    take_in(home, ledger)
    filled = {*by_ref(prefill(home, ledger))["PL-21-001"]} - {"projected_last_period_gbp"}
    assert filled | {*ASKED_ANEW} == {column.name for column in SAVINGS.columns}
    assert filled.isdisjoint(ASKED_ANEW)


def test_what_is_cumulative_comes_again_and_a_risk_only_with_its_line(home, ledger):
    take_in(home, ledger, Risks=[RISK, {**RISK, "risk_ref": "R2", "saving_ref": "PL-21-002"}], Pipeline=[IDEA])
    gone = reference_with(plan_change=[change(change_type="Delete", amount_gbp=Decimal(-365_000))])
    filled = prefill(home, ledger, data=gone)
    assert [row["project_ref"] for row in filled.projects] == [row["project_ref"] for row in PROJECT_ROWS]
    assert [row["drawn_to_date_gbp"] for row in filled.investment] == [Decimal("400000.00")]
    assert [row["risk_ref"] for row in filled.risks] == ["R1"]
    assert [row["idea_ref"] for row in filled.pipeline] == ["I1"]


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
    last = prefill(home, ledger, data=reference_with(plan_change=[brought])).lines[-1]
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
    (row,) = received.lines
    assert (row["saving_title"], row["project_ref"]) == ("Saving PL-21-002", "PRJ-0302")
    # Neither is the sender's service one of the receiver's, nor was it the receiver's projection.
    assert (row["service"], row.get("projected_last_period_gbp")) == (None, None)
    assert [project["project_name"] for project in received.projects] == ["Route optimisation phase 1"]
    assert "PL-21-002" in by_ref(prefill(home, ledger, P06, data=moved))


def test_a_moved_line_leaves_its_fund_behind(home, ledger):
    # The fund's amounts are cumulative: reported by two, they would count twice.
    take_in(home, ledger)
    move = change(saving_ref="PL-21-001", change_type="Move", amount_gbp=Decimal(0), directorate_code="CO")
    assert by_ref(prefill(home, ledger))["PL-21-001"]["fund_ref"] == "TF-0001"
    received = prefill(home, ledger, directorate="CO", data=reference_with(plan_change=[move]))
    assert (received.lines[0]["fund_ref"], received.investment) == (None, [])


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
    assert [row["saving_ref"] for row in filled.lines] == ["PL-21-002", "PL-21-004", "PL-22-001"]
    same_year = prefill(home, ledger, ("2021/22", "P13"))
    assert [row["saving_ref"] for row in same_year.lines] == [each["saving_ref"] for each in lines]


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
    assert "P07 of 2021/22 (version 1)" in filled.note


@pytest.mark.parametrize("certification", ["Certified", "Provisional"])
def test_what_is_certified_or_followed_by_a_later_period_is_restated(home, ledger, certification):
    take_in(home, ledger, certification=certification)
    if certification == "Provisional":
        take_in(home, ledger, P07)
    assert prefill(home, ledger, P06).return_fields == {"return_type": "Restatement", "supersedes_version": 1}


def test_who_has_no_line_is_offered_a_nil_return(home, ledger):
    # R43.
    filled = prefill(home, ledger, directorate="CO")
    assert (filled.lines, filled.return_fields["return_type"]) == ([], "Nil")


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
