"""Values by themselves: errors, formulas, blanks, amounts, references, years, dates, texts.

(D07 to D11, D14, D17, D46, D48, D51, D64, D65.)
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sources.findings.findings import Verdict
from sources.reader.cells import CellKind
from sources.reference.reference import read_reference
from tests.defects import Defect, assert_found_and_nothing_else, each
from tests.reference_folder import copy_of_bundled, replace_text
from tests.returns import (
    FUND_ROWS,
    LINES,
    RISK,
    at,
    found,
    good_return,
    judged,
    line,
    made,
    place_of,
    reference,
    reference_with,
    told,
)

TRANSFER = {
    "change_ref": "C1",
    "saving_ref": "PL-21-001",
    "plan_year": "2021/22",
    "type": "Transfer",
    "amount_gbp": 1000,
    "reason": "The depot moves.",
}


def savings(column, value, row=2, **more):
    return good_return({at("Savings", column, row): value}, **more)


def in_savings(name, column, value, rule, severity, says, row=2, also=()):
    return Defect(name, savings(column, value, row), rule, severity, at("Savings", column, row), says, also)


DEFECTS = [
    # F-A16, F-A17: what has no value is never 0.
    in_savings("an error", "projected_gbp", made(CellKind.ERROR, "#REF!"), "D07", "B", "#REF!"),
    in_savings(
        "a formula without a result",
        "projected_gbp",
        made(CellKind.EMPTY, "", "A1*2"),
        "D08",
        "B",
        "has not been calculated",
    ),
    in_savings(
        "a formula with a result", "projected_gbp", made(CellKind.NUMBER, "780000", "J2"), "D08", "W", "'780000'"
    ),
    in_savings("to be confirmed", "projected_gbp", "TBC", "D09", "B", "'TBC'"),
    in_savings("a number with a word", "projected_gbp", "1,870 est", "D09", "B", "'1,870 est'"),
    in_savings("a range", "projected_gbp", "£8-10m", "D09", "B", "'£8-10m'"),
    in_savings("a percentage", "projected_gbp", made(CellKind.NUMBER, "0.5", None, "0%"), "D09", "B", "percentage"),
    in_savings("not applicable in projected", "projected_gbp", "N/A", "D09", "B", "'N/A'"),
    in_savings("a dash as a baseline", "baseline_gbp", "-", "D09", "B", "'-'"),
    in_savings("a date as an amount", "projected_gbp", date(2021, 9, 1), "D09", "B", "'1 September 2021'"),
    in_savings(
        "pounds in thousands by shorthand",
        "projected_gbp",
        "780k",
        "D09",
        "W",
        "780,000",
    ),
    in_savings(
        "a number format that scales",
        "projected_gbp",
        made(CellKind.NUMBER, "780000", None, "#,##0,"),
        "D09",
        "W",
        "'780000'",
    ),
    in_savings("a word for zero", "undeliverable_gbp", "nil", "D09", "W", "'nil'"),
    in_savings("a status that is none", "status", "Fine", "D09", "B", "'Fine'"),
    in_savings(
        "a service of another directorate",
        "service",
        "Housing and community safety",
        "D09",
        "B",
        "'Housing and community safety'",
    ),
    in_savings("a title that is too long", "saving_title", "x" * 121, "D09", "B", "121 characters"),
    in_savings("a blank baseline", "baseline_gbp", None, "D10", "B", "This is blank. Fill it in."),
    in_savings("a blank projection", "projected_gbp", None, "D10", "B", "Not yet quantified"),
    in_savings("a blank title", "saving_title", "  ", "D10", "B", "This is blank. Fill it in."),
    in_savings("a blank full-year effect", "full_year_effect_gbp", None, "D10", "B", "A recurrent saving"),
    in_savings(
        "a blank deferral with something left to place",
        "deferred_gbp",
        None,
        "D10",
        "B",
        "This is blank. Fill it in.",
        row=3,
    ),
    in_savings("a blank deferral with nothing left to place", "deferred_gbp", None, "D10", "W", "We read it as 0"),
    in_savings(
        "a blank undeliverable with nothing left to place", "undeliverable_gbp", None, "D10", "W", "We read it as 0"
    ),
    # F-B03.
    in_savings("a negative saving", "projected_gbp", -780_000, "D11", "B", "'-780000'"),
    # F-B10: nearly a reference, and which one may be meant.
    in_savings(
        "a reference of another pattern",
        "saving_ref",
        "PL-21-O03",
        "D14",
        "B",
        "'PL-21-O03'. Did you mean PL-21-003?",
        row=4,
    ),
    in_savings("a look-alike letter in a reference", "saving_ref", "PL-21-00\u0455", "D14", "B", "U+0405"),
    in_savings("a budget code of another pattern", "budget_code", "PL1", "D14", "B", "'PL1'"),
    in_savings(
        "a year that Excel made a date", "plan_year", date(2022, 3, 1), "D17", "B", "Excel changed the year into a date"
    ),
    # F-B10: only noise.
    in_savings("a noisy reference", "saving_ref", " pl-21\u2013001\u00a0", "D46", "W", "We read this as PL-21-001"),
    in_savings("another council's word for a status", "status", "anticipated", "D46", "W", "We read this as On track"),
    in_savings("a start in the year 1900", "start_date", date(1900, 1, 1), "D48", "B", "1 January 1900"),
    in_savings("a start with the month first", "start_date", "05/13/2021", "D48", "B", "'05/13/2021'"),
    in_savings("a start after the year it is due", "start_date", date(2022, 4, 1), "D48", "B", "31 March 2022"),
    # F-B22.
    in_savings("an e-mail address in the notes", "notes", "Ask jo.bloggs@example.org", "D65", "W", "personal data"),
    in_savings(
        "a National Insurance number in the notes", "notes", "AB 12 34 56 C agreed", "D65", "W", "personal data"
    ),
    Defect(
        "a project that began in 2008",
        good_return({at("Projects", "start_date"): date(2008, 12, 31)}),
        "D48",
        "B",
        at("Projects", "start_date"),
        "31 December 2008",
    ),
    Defect(
        "a risk beyond the scale",
        good_return(rows={"Risks": [RISK | {"likelihood": 6}]}),
        "D09",
        "B",
        at("Risks", "likelihood"),
        "'6'",
    ),
    Defect(
        "a transfer to nobody",
        good_return(rows={"PlanChanges": [TRANSFER]}),
        "D10",
        "B",
        at("PlanChanges", "to_directorate"),
        "the directorate that receives it",
    ),
    Defect(
        "to be confirmed where nothing is needed",
        good_return(rows={"Investment": [FUND_ROWS[0] | {"forecast_gbp": "TBC"}]}),
        "D09",
        "W",
        at("Investment", "forecast_gbp"),
        "'TBC'",
    ),
    Defect(
        "weights that do not add up to 1",
        good_return({at("Projects", "theme_code"): "T1:0.6;T2:0.3"}),
        "D64",
        "B",
        at("Projects", "theme_code"),
        "add up to 0.9",
    ),
    Defect(
        "a theme that is none",
        good_return({at("Projects", "theme_code"): "T1:0.6;T9:0.4"}),
        "D64",
        "B",
        at("Projects", "theme_code"),
        "T9",
    ),
]


@each(DEFECTS)
def test_a_defect_of_a_value_is_named(defect):
    assert_found_and_nothing_else(defect)


def test_a_tbc_amount_blocks_the_whole_file_and_names_its_cell():
    judgement = judged(savings("projected_gbp", "TBC", row=4))
    assert (judgement.verdict, judgement.tables) == (Verdict.BLOCKED, {})
    assert found(judgement, "D09")[0].message == (
        "Savings!M4 \u2013 Projected saving (£): This is not a number. You entered 'TBC'. "
        "Enter an estimate. If you have none yet, clear this cell and choose 'Not yet quantified' in Q4."
    )


def test_an_amount_typed_as_text_is_read_though_the_templates_sum_leaves_it_out():
    """F-A18."""
    judgement = judged(savings("projected_gbp", "£780,000.00"))
    assert told(judgement) == []
    assert judgement.tables["savings_line"][0]["projected_gbp"] == Decimal("780000.00")


def test_a_typed_control_total_that_leaves_out_an_amount_typed_as_text_says_why():
    typed = good_return({at("Savings", "projected_gbp"): "£780,000.00", at("Return", "control_projected"): 629_000})
    judgement = judged(typed)
    assert told(judgement) == [("D25", "B", at("Return", "control_projected"))]
    assert "Enter them as numbers (M2)" in judgement.findings[0].message


def test_not_yet_quantified_may_be_blank_and_is_kept_as_unknown():
    blank = LINES[0] | {"projected_gbp": None, "status": "Not yet quantified", "achieved_to_date_gbp": 0, "rag": "Grey"}
    blank |= {"variance_explanation": "The whole of £780,000 is still being worked up with the service."}
    judgement = judged(good_return(lines=[blank, *LINES[1:]]))
    where = at("Savings", "projected_gbp")
    assert told(judgement) == [("D10", "W", where), ("D22", "W", where)]
    assert judgement.tables["savings_line"][0]["projected_gbp"] is None


def test_not_applicable_is_zero_with_a_flag():
    judgement = judged(savings("deferred_gbp", "N/A"))
    row = judgement.tables["savings_line"][0]
    assert (told(judgement), row["deferred_gbp"], row["is_deferred_not_applicable"]) == ([], Decimal("0.00"), True)


def test_not_applicable_is_worth_a_look_where_less_than_the_baseline_is_projected():
    rows = [
        LINES[0]
        | {
            "projected_gbp": 700_000,
            "deferred_gbp": "N/A",
            "rag": "Amber",
            "variance_explanation": "Late start: £80,000 less than planned.",
        }
    ]
    judgement = judged(good_return(lines=[*rows, *LINES[1:]]))
    assert ("D09", "W", at("Savings", "deferred_gbp")) in told(judgement)


def test_a_blank_is_never_zero_by_itself():
    judgement = judged(savings("full_year_effect_gbp", None, lines=[LINES[0] | {"recurrence": "One-off"}, *LINES[1:]]))
    assert judgement.tables["savings_line"][0]["full_year_effect_gbp"] is None


def test_parts_of_a_penny_are_rounded_half_up_and_said_only_when_they_move_a_pound():
    judgement = judged(savings("achieved_to_date_gbp", made(CellKind.NUMBER, "120500.005")))
    assert told(judgement) == []
    assert judgement.tables["savings_line"][0]["achieved_to_date_gbp"] == Decimal("120500.01")


def test_a_column_whose_rounding_moves_more_than_a_pound_is_named():
    # 300 lines of a third of a penny: rounding loses each of them.
    plan = [
        {
            **reference().tables["approved_plan"][0],
            "saving_ref": f"PL-21-{n:03d}",
            "directorate_code": "PL",
            "baseline_gbp": Decimal(100),
        }
        for n in range(300)
    ]
    lines = [
        line(
            f"PL-21-{n:03d}",
            100,
            100,
            full_year_effect_gbp=made(CellKind.NUMBER, f"{101 + n}.004"),
            saving_title=f"Saving {n}",
            fund_ref="TF-0001",
            project_ref=f"PRJ-{n:04d}",
        )
        for n in range(300)
    ]
    projects = [
        {
            "project_ref": f"PRJ-{n:04d}",
            "project_name": "Climate strategy",
            "directorate_code": "PL",
            "owner_post": "Head",
            "stage": "Delivery",
        }
        for n in range(302)
    ]
    judgement = judged(good_return(lines=lines, rows={"Projects": projects}), data=reference_with(approved_plan=plan))
    assert told(judgement) == [("D09", "W", at("Savings", "full_year_effect_gbp", 1))]
    assert "£1.20" in found(judgement, "D09")[0].message


def test_names_are_forgiven_their_case_and_spaces():
    edits = {at("Savings", "status"): "ON  TRACK ", at("Savings", "service"): "highways, parking & travel"}
    judgement = judged(good_return(edits))
    row = judgement.tables["savings_line"][0]
    assert (told(judgement), row["status"], row["service"]) == ([], "On track", "PL-HIG")


def test_a_service_may_be_named_by_its_code():
    assert judged(savings("service", "PL-PLA")).tables["savings_line"][0]["service"] == "PL-PLA"


@pytest.mark.parametrize("text", ["2021/22", "2021-22", "FY21/22", "2021 to 2022", "Yr 1", "2021\u201322"])
def test_a_year_is_kept_in_one_form(text):
    assert judged(savings("plan_year", text)).tables["savings_line"][0]["plan_year"] == "2021/22"


@pytest.mark.parametrize(
    ("day", "said"), [(date(2021, 4, 1), []), (date(2022, 3, 31), []), (date(2022, 4, 1), ["D48"])], ids=str
)
def test_a_financial_year_is_from_1_april_to_31_march(day, said):
    """F-B05."""
    judgement = judged(savings("start_date", day))
    assert [finding.rule for finding in judgement.findings if finding.severity == "B"] == said


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("T2", "T2:1.000000"),
        ("T1:0.6;T2:0.4", "T1:0.600000;T2:0.400000"),
        ("T2;T1;T3", "T1:0.333334;T2:0.333333;T3:0.333333"),
    ],
)
def test_weights_are_kept_in_one_form_and_shared_equally_where_none_are_given(text, kept):
    judgement = judged(good_return({at("Projects", "theme_code"): text}))
    assert (told(judgement), judgement.tables["project"][0]["theme_code"]) == ([], kept)


@pytest.mark.parametrize(
    ("text", "kept"), [("growth", "Growth:1.000000"), ("T2;GROWTH", "Growth:0.500000;T2:0.500000")]
)
def test_a_code_of_a_list_is_kept_as_the_council_writes_it(tmp_path, text, kept):
    folder = copy_of_bundled(tmp_path)
    replace_text(folder, "theme", "T1,", "Growth,")
    judgement = judged(good_return({at("Projects", "theme_code"): text}), data=read_reference(folder))
    assert judgement.tables["project"][0]["theme_code"] == kept
    assert [finding.rule for finding in judgement.findings if finding.severity == "B"] == []


@pytest.mark.parametrize("column", ["saving_title", "notes", "variance_explanation"])
def test_free_text_is_never_shown_back(column):
    """F-F09, F-B22."""
    secret = "Ask jo.bloggs@example.org about CANARY " + "x" * 2000
    for finding in judged(savings(column, secret)).findings:
        assert "CANARY" not in finding.message
        assert "jo.bloggs" not in finding.message + finding.value_shown


def test_an_address_in_the_place_of_an_amount_is_masked_and_what_cannot_be_seen_is_spelled_out():
    """F-F09."""
    judgement = judged(savings("projected_gbp", "ask jo@example.org\u202e"))
    assert found(judgement, "D09")[0].value_shown == "ask [masked]\\u202e"


def test_what_is_shown_back_is_forty_characters_at_most():
    assert len(found(judged(savings("status", "y" * 90)), "D09")[0].value_shown) == 40


def test_text_that_would_run_as_a_formula_is_kept_as_it_is():
    judgement = judged(savings("notes", '=HYPERLINK("http://example.org")'))
    assert told(judgement) == []
    assert judgement.tables["savings_line"][0]["notes"].startswith("=HYPERLINK")


def test_the_blank_cells_of_a_row_that_is_only_begun_are_one_point():
    begun = {"saving_ref": "PL-21-001", "plan_year": "2021/22", "baseline_gbp": 780_000}
    findings = [each for each in judged(good_return(lines=[begun, *LINES[1:]])).findings if each.rule == "D10"]
    (once,) = findings
    assert "'Title' (C2)" in once.message
    assert once.message.endswith("or clear row 2 if it is not a line.")


def test_a_total_that_leaves_out_exactly_the_amounts_typed_as_text_names_their_cells():
    projected = place_of("Savings", "projected_gbp").removesuffix("2")
    total = sum(row["projected_gbp"] for row in LINES[1:])
    edits = {f"Savings!{projected}2": f"£{LINES[0]['projected_gbp']}", "Savings!C6": "Total"}
    (said,) = found(judged(good_return(edits | {f"Savings!{projected}6": total})), "D24")
    assert f"text ({projected}2). Type each number there again" in said.message
