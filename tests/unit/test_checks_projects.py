"""Projects and funds (D16, D43, D56, D57, D59, D60, D71)."""

from __future__ import annotations

from datetime import date

from sources.findings.findings import Verdict
from tests.defects import Defect, assert_found_and_nothing_else, each
from tests.returns import (
    FUND_ROWS,
    LINES,
    PROJECT_ROWS,
    Past,
    accepted,
    at,
    form_fields,
    found,
    good_return,
    judged,
    project,
    reference,
    reference_with,
    told,
)


def projects(column, value, row=2):
    return good_return({at("Projects", column, row): value})


def fund(column, value):
    return good_return({at("Investment", column): value})


DEFECTS = [
    Defect(
        "a line of a project that is not there",
        good_return({at("Savings", "project_ref"): "PRJ-0399"}),
        "D16",
        "B",
        at("Savings", "project_ref"),
        "'PRJ-0399'. Did you mean PRJ-03",
    ),
    Defect(
        "a line of a fund that is not there",
        good_return({at("Savings", "fund_ref"): "TF-0009"}),
        "D16",
        "B",
        at("Savings", "fund_ref"),
        "'TF-0009'",
    ),
    Defect(
        "a fund of a project that is not there",
        fund("project_ref", "PRJ-0399"),
        "D16",
        "B",
        at("Investment", "project_ref"),
        "'PRJ-0399'",
    ),
    Defect(
        "a whole line deferred without a next milestone",
        projects("next_milestone_date", None, row=5),
        "D43",
        "W",
        at("Savings", "deferred_gbp", 5),
        "Projects!N5",
    ),
    Defect(
        "a baseline on a project that is not printed",
        projects("project_name", "Shared depot"),
        "D56",
        "W",
        at("Savings", "project_ref"),
        "£780,000",
    ),
    Defect(
        "a closed project with a milestone to come",
        good_return(
            rows={
                "Projects": [
                    PROJECT_ROWS[0]
                    | {"stage": "Closed", "actual_end": date(2021, 9, 1), "next_milestone_date": date(2022, 3, 31)},
                    *PROJECT_ROWS[1:],
                ]
            }
        ),
        "D57",
        "W",
        at("Projects", "next_milestone_date"),
        "'31 March 2022'",
    ),
    Defect(
        "a closed project without its end",
        projects("stage", "Closed"),
        "D57",
        "W",
        at("Projects", "actual_end"),
        "no end date",
    ),
    Defect(
        "a closed project that ends later",
        good_return(
            rows={
                "Projects": [PROJECT_ROWS[0] | {"stage": "Closed", "actual_end": date(2021, 10, 1)}, *PROJECT_ROWS[1:]]
            }
        ),
        "D57",
        "W",
        at("Projects", "actual_end"),
        "'1 October 2021'",
    ),
    Defect(
        "more drawn than committed",
        fund("drawn_to_date_gbp", 850_001),
        "D59",
        "B",
        at("Investment", "drawn_to_date_gbp"),
        "£850,000",
    ),
    Defect(
        "more committed than approved",
        fund("committed_gbp", 900_001),
        "D59",
        "B",
        at("Investment", "committed_gbp"),
        "£900,000",
    ),
    Defect(
        "a fund without a saving",
        good_return(lines=[LINES[0] | {"fund_ref": None}, *LINES[1:]]),
        "D60",
        "W",
        at("Investment", "fund_ref"),
        "'TF-0001'",
    ),
]


@each(DEFECTS)
def test_a_defect_of_a_project_or_fund_is_named(defect):
    assert_found_and_nothing_else(defect)


def test_an_enabling_fund_needs_no_saving():
    lines = [LINES[0] | {"fund_ref": None}, *LINES[1:]]
    judgement = judged(good_return({at("Investment", "is_enabling"): "Yes"}, lines=lines))
    assert (judgement.verdict, told(judgement)) == (Verdict.ACCEPTED, [])


def test_a_misread_project_reference_is_told_once():
    judgement = judged(projects("project_ref", "PRJ-301"))
    assert told(judgement) == [("D14", "B", at("Projects", "project_ref"))]


def test_two_projects_that_differ_in_case_and_apostrophe_are_one_printed_name():
    assert told(judged(projects("project_name", "PLANNING  convergence & transformation"))) == []


def test_a_project_of_another_directorate_keeps_the_name_that_its_own_gives_it():
    ict = corporate("One domain")
    book = good_return(rows={"Projects": [*PROJECT_ROWS, project("PRJ-0401", "One  Domain", directorate_code="CO")]})
    assert told(judged(book, history=Past((ict,)))) == []
    other = corporate("A single domain")
    finding = found(judged(book, history=Past((other,))), "D71")[0]
    assert (finding.severity, finding.sheet, finding.cell) == ("W", "Projects", "B6")
    assert "CO calls PRJ-0401 by another name" in finding.message
    assert "A single domain" not in finding.message


def corporate(name):
    """Return Corporate's return of the period, with one line and its project of that name."""
    plan = [
        *reference().tables["approved_plan"],
        {**reference().tables["approved_plan"][0], "saving_ref": "CO-21-001", "directorate_code": "CO"},
    ]
    row = LINES[0] | {
        "saving_ref": "CO-21-001",
        "project_ref": "PRJ-0401",
        "service": "ICT",
        "fund_ref": None,
        "baseline_gbp": plan[-1]["baseline_gbp"],
        "projected_gbp": plan[-1]["baseline_gbp"],
        "full_year_effect_gbp": plan[-1]["baseline_gbp"],
        "saving_title": "One set of licences",
    }
    book = good_return(
        form=form_fields(directorate_code="CO"),
        lines=[row],
        rows={"Projects": [project("PRJ-0401", name, directorate_code="CO")], "Investment": []},
    )
    return accepted(book, directorate="CO", data=reference_with(approved_plan=plan))


def test_a_fund_line_that_is_there_twice_is_named():
    rows = {"Investment": [FUND_ROWS[0], FUND_ROWS[0]]}
    assert told(judged(good_return(rows=rows))) == [("D15", "B", at("Investment", "fund_ref", 3))]
