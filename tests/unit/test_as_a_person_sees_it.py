"""What a person sees on a sheet is what is read, or it is refused with how to correct it (rulings B1 to B12).

Here belongs what is said of a return in memory. Not here: what the file holds (``test_reader_by_hand``,
``test_what_is_never_read``) and number formats (``test_number_formats``).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sources.findings.findings import Verdict
from sources.reader.cells import Cell, CellKind, SheetCells
from sources.template.declaration import PIPELINE, RISKS, SAVINGS, SHEETS, Kind
from tests.returns import (
    LINES,
    PROJECT_ROWS,
    SIGNED,
    at,
    cell,
    form_fields,
    found,
    good_return,
    judged,
    made,
    moved,
    told,
    with_sheet,
)

TYPED = [column for column in SAVINGS.columns if column.kind not in (Kind.TEXT, Kind.NARRATIVE)]
FREE = [column for column in SAVINGS.columns if column.kind in (Kind.TEXT, Kind.NARRATIVE)]


def marked(value, **marks):
    return replace(cell("A1", value), **marks)


def filled(column):
    return LINES[0].get(column.name, "PL-21-002")


@pytest.mark.parametrize("mark", ["is_struck", "is_raised"])
@pytest.mark.parametrize("column", TYPED, ids=lambda column: column.name)
def test_an_amount_code_date_or_word_of_a_list_that_is_struck_or_raised_is_refused(column, mark):
    """Ruling B1: whatever its kind, on a line that is good without."""
    judgement = judged(good_return({at("Savings", column.name): marked(filled(column), **{mark: True})}))
    assert ("D73", "B", at("Savings", column.name)) in told(judgement)
    says = "Withdrawn or Undeliverable" if mark == "is_struck" else "footnotes"
    assert says in found(judgement, "D73")[0].message


@pytest.mark.parametrize("column", FREE, ids=lambda column: column.name)
def test_a_title_or_note_that_is_struck_is_read_with_a_warning_and_a_raised_one_without(column):
    """Ruling B1."""
    text = "Planning convergence of £500,000 in two steps"
    struck = judged(good_return({at("Savings", column.name): marked(text, is_struck=True)}))
    assert told(struck) == [("D73", "W", at("Savings", column.name))]
    raised = judged(good_return({at("Savings", column.name): marked(text, is_raised=True)}))
    assert told(raised) == []
    assert raised.tables["savings_line"][0][column.name] == text


def test_a_row_that_is_struck_through_is_one_finding_that_names_its_cells():
    """Ruling B1: 25,000 with a line through it is not counted, and the row is told once."""
    row = {at("Savings", name): marked(value, is_struck=True) for name, value in LINES[0].items()}
    judgement = judged(good_return(row))
    (finding,) = [each for each in found(judgement, "D73") if each.severity == "B"]
    assert (finding.cell, judgement.verdict) == ("A2", Verdict.BLOCKED)
    assert "so have B2, D2, E2" in finding.message


@pytest.mark.parametrize(
    ("sheet", "ranges", "says"),
    [
        ("Savings", ("A2:A3", "M2:M40", "M900:M990"), "A2:A3, M2:M40."),
        ("Return", ("B2",), "B2."),
        ("Savings", ("Z9",), ""),
    ],
)
def test_what_a_conditional_format_may_strike_through_is_refused_where_something_is_read(sheet, ranges, says):
    """Ruling B1: whether the rule applies is known to Excel alone."""
    found_there = found(judged(with_sheet(good_return(), sheet, may_be_struck=ranges)), "D73")
    assert [(one.severity, one.sheet, says in one.message) for one in found_there] == [("B", sheet, True)] * bool(says)


def test_a_struck_value_on_the_return_sheet_is_refused():
    judgement = judged(good_return({at("Return", "reporting_period"): marked("P06", is_struck=True)}))
    assert ("D73", "B", at("Return", "reporting_period")) in told(judgement)


@pytest.mark.parametrize("code", ['#,##0 "FTE"', "[$€-2] #,##0", "$#,##0"])
def test_an_amount_whose_format_shows_another_unit_is_refused(code):
    """Ruling B2."""
    judgement = judged(good_return({at("Savings", "projected_gbp"): made(CellKind.NUMBER, "780000", None, code)}))
    assert told(judgement) == [("D74", "B", at("Savings", "projected_gbp"))]


UNITS = ["(£k)", "(£000)", "(£000s)", "£m", "(£ m)", "in thousands", "£'000", "(k)", "(€)", "(%)", "(FTE)", "(pence)"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_heading_with_another_unit_is_refused_with_the_advice_to_enter_pounds(unit):
    """Ruling B4: done as it is told, nothing is accepted at a thousandth."""
    judgement = judged(good_return({at("Savings", "achieved_to_date_gbp", 1): f"achieved_to_date_gbp {unit}"}))
    (finding,) = judgement.findings
    assert (judgement.verdict, finding.rule) == (Verdict.REFUSED, "D05")
    assert "in pounds" in finding.message
    assert "name it" not in finding.message


@pytest.mark.parametrize("column", ["projected_gbp", "full_year_effect_gbp"])
def test_a_column_that_must_be_filled_on_conditions_is_held_to_the_same(column):
    """Ruling B4: one finding, and not one more for each row that it leaves blank."""
    (finding,) = judged(good_return({at("Savings", column, 1): f"{column} (£k)"})).findings
    assert (finding.severity, finding.rule, "in pounds" in finding.message) == ("B", "D05", True)
    assert "change it to" not in finding.message


def test_an_optional_column_with_another_unit_in_its_heading_is_refused_likewise():
    """Ruling B4."""
    heading = at("Investment", "forecast_gbp", 1)
    judgement = judged(good_return({heading: "forecast_gbp (£k)", at("Investment", "forecast_gbp"): 12}))
    (finding,) = found(judgement, "D05")
    assert (finding.severity, "in pounds" in finding.message, "meant" in finding.message) == ("B", True, False)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_filled_row_above_the_heading_of_any_sheet_is_refused(sheet):
    """Ruling B6."""
    rows = {RISKS.name: [{"risk_ref": "R1", "description": "Rain"}], PIPELINE.name: [{"idea_ref": "I1"}]}
    rows |= {"Deferrals": [{"saving_ref": "PL-21-002"}], "PlanChanges": [{"change_ref": "C1"}]}
    book = moved(good_return(rows=rows), sheet.name, rows=2)
    source = next(each for each in book.sheets if each.name == sheet.name)
    above = {(1, 1): cell("A1", "PL-21-009"), (1, 2): cell("B1", 25_000)}
    judgement = judged(with_sheet(book, sheet.name, cells={**source.cells, **above}))
    assert ("D06", "B", f"{sheet.name}!A1") in told(judgement)


@pytest.mark.parametrize("titles", [{"Savings!A1": "Savings of Place"}, {"Savings!A1": "Place", "Savings!C2": "Draft"}])
def test_a_title_above_the_heading_is_passed_over(titles):
    """Ruling B6: text in at most two cells."""
    book = moved(good_return(), "Savings", rows=3)
    source = next(each for each in book.sheets if each.name == "Savings")
    texts = {(int(ref[-1]), ord(ref[-2]) - 64): cell(ref.partition("!")[2], text) for ref, text in titles.items()}
    assert told(judged(with_sheet(book, "Savings", cells={**source.cells, **texts}))) == []


def sheet_like(name, headings, state="visible"):
    cells = {(1, number): Cell("A1", 1, number, CellKind.TEXT, text) for number, text in enumerate(headings, start=1)}
    return SheetCells(name, state, {**cells, (2, 1): cell("A2", 25_000)})


@pytest.mark.parametrize(
    "name",
    [
        "Saving",
        "Savings (2)",
        "Savings 2021-22",
        "savings_new",
        "Copy of Savings",
        "Projects 2",
        "Risk",
        "Pipelines",
        "Deferral",
        "Investments",
        "Returns",
        "PlanChange",
        "Plan changes",
    ],
)
def test_a_filled_sheet_whose_name_is_nearly_one_of_the_templates_is_refused(name):
    """Ruling B6."""
    judgement = judged(good_return(more_sheets=[sheet_like(name, ["What", "How much"])]))
    assert told(judgement) == [("D04", "B", name)]


def test_a_filled_sheet_with_nearly_the_templates_headings_is_refused():
    """Ruling B6."""
    headings = [column.name for column in SAVINGS.columns[:14]]
    assert told(judged(good_return(more_sheets=[sheet_like("Extra", headings)]))) == [("D04", "B", "Extra")]


@pytest.mark.parametrize("name", ["Workings", "Pivot", "Contacts", "Budget monitoring", "Staff list", "Notes"])
def test_a_sheet_that_has_nothing_to_do_with_the_template_is_left_with_a_note(name):
    """Ruling B6."""
    assert told(judged(good_return(more_sheets=[sheet_like(name, ["Name", "Phone"])]))) == [("D44", "W", name)]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_under_the_templates_own_name_is_refused_if_it_has_rows(state):
    """Ruling B6; a hidden copy under another name stays a warning while the own one can be seen."""
    rows = {RISKS.name: [{"risk_ref": "R1", "saving_ref": "PL-21-001", "description": "Rain"}]}
    hidden = judged(with_sheet(good_return(rows=rows), "Risks", state=state))
    assert ("D04", "B", "Risks") in told(hidden)
    copy = SheetCells("Savings (2)", state, next(s for s in good_return().sheets if s.name == "Savings").cells)
    assert told(judged(good_return(more_sheets=[copy]))) == [("D44", "W", "Savings (2)")]


def test_a_hidden_return_sheet_is_to_be_unhidden():
    """Ruling B12."""
    judgement = judged(with_sheet(good_return(), "Return", state="hidden"))
    assert (judgement.refusal_code, "Unhide" in judgement.findings[0].message) == ("not-a-return", True)


@pytest.mark.parametrize("name", ["Return", "Savings", "Projects"])
def test_a_sheet_that_excel_cannot_unhide_is_not_to_be_unhidden(name):
    """Ruling B12: Excel lists a very hidden sheet nowhere, so its figures go into a new template."""
    findings = judged(with_sheet(good_return(), name, state="veryHidden")).findings
    assert any("does not let you undo" in one.message and "new template" in one.message for one in findings)
    assert not any("Unhide" in one.message for one in findings)


@pytest.mark.parametrize("text", ["£1,234", "1.2m", "(500)", "1 234"])
def test_an_extra_column_whose_texts_are_amounts_is_refused_like_numbers(text):
    """Ruling B6."""
    judgement = judged(good_return({"Savings!Z1": "Benefit", "Savings!Z3": text}))
    assert told(judgement) == [("D05", "B", "Savings!Z3")]


CONTROLS = ["\x00", "\x07", "\x1f", "\x7f", "\x85", "\u202e", "\u202d", "\u2066"]


@pytest.mark.parametrize("character", CONTROLS)
def test_a_control_character_becomes_a_blank_in_titles_and_is_refused_in_codes(character):
    """Ruling B9."""
    title = judged(good_return({at("Savings", "saving_title"): f"Planning{character}review{character}"}))
    assert told(title) == [("D46", "W", at("Savings", "saving_title"))]
    assert title.tables["savings_line"][0]["saving_title"] == "Planning review"
    code = judged(good_return({at("Savings", "budget_code"): f"PL10001{character}"}))
    assert told(code) == [("D14", "B", at("Savings", "budget_code"))]


def test_a_tab_or_line_break_in_a_note_is_kept():
    """Ruling B9."""
    judgement = judged(good_return({at("Savings", "notes"): "One\tand\ntwo"}))
    assert (told(judgement), judgement.tables["savings_line"][0]["notes"]) == ([], "One\tand\ntwo")


@pytest.mark.parametrize("column", ["saving_ref", "saving_title", "decision_ref", "budget_code", "project_ref"])
def test_a_code_or_title_that_excel_made_a_date_of_is_refused(column):
    """Ruling B10."""
    judgement = judged(good_return({at("Savings", column): date(2021, 12, 1)}))
    assert ("D17", "B", at("Savings", column)) in told(judgement)


@pytest.mark.parametrize(
    ("moment", "says"), [("2021-03-31T23:00:00", "1 April 2021"), ("2021-03-31T22:00:00", "1 April 2021")]
)
def test_a_date_late_in_the_evening_may_be_the_next_one(moment, says):
    """Ruling B11: a program that writes in another zone's time."""
    late = judged(good_return({at("Savings", "start_date"): made(CellKind.DATE, moment)}))
    assert told(late) == [("D75", "W", at("Savings", "start_date"))]
    assert says in found(late, "D75")[0].message
    early = judged(good_return({at("Savings", "start_date"): made(CellKind.DATE, "2021-03-31T21:59:00")}))
    assert told(early) == []


@pytest.mark.parametrize(("signed", "severity"), [({}, "W"), (SIGNED, "C")])
def test_a_close_that_has_not_achieved_what_counts_is_named(signed, severity):
    """Ruling B11: D76, for a certified return against its certification."""
    signed = signed | {name: date(2022, 4, 20) for name in signed if name.endswith("_date")}
    form = form_fields(period="P13", **signed)
    lines = [LINES[0] | {"achieved_to_date_gbp": 780_000}, *LINES[1:]]
    judgement = judged(good_return(form=form, lines=lines))
    d76 = [each[1:] for each in told(judgement) if each[0] == "D76"]
    assert d76 == [(severity, at("Savings", "achieved_to_date_gbp", row)) for row in (3, 4)]


def test_achieved_before_the_plan_year_is_named():
    """Ruling B11: D77."""
    later = {"saving_ref": "PL-22-077", "plan_year": "2022/23", "achieved_to_date_gbp": 5}
    lines = [*LINES, LINES[0] | later | {"saving_title": "Next year", "start_date": date(2022, 4, 1)}]
    judgement = judged(good_return(lines=lines))
    assert ("D77", "W", at("Savings", "achieved_to_date_gbp", 6)) in told(judgement)


@pytest.mark.parametrize("column", ["achieved_to_date_gbp", "full_year_effect_gbp"])
def test_a_column_in_thousands_beside_projected_is_held(column):
    """Ruling B5: on more than half of at least three lines."""
    lines = [
        {
            **row,
            "projected_gbp": row["baseline_gbp"],
            "deferred_gbp": 0,
            "deferred_to_year": None,
            "status": "On track",
            "rag": "Green",
            "budget_code": "PL10001",
            column: Decimal(row["baseline_gbp"]) / 1000,
        }
        for row in LINES
    ]
    assert ("D12", "H", at("Savings", column)) in told(judged(good_return(lines=lines)))
    two = [*lines[:2], *(row | {column: row["baseline_gbp"]} for row in lines[2:])]
    assert found(judged(good_return(lines=two)), "D12") == []


def test_several_references_in_a_cell_are_to_be_one():
    """Ruling B12."""
    judgement = judged(good_return({at("Savings", "saving_ref"): "PL-21-001, PL-21-002"}))
    assert "Enter one" in found(judgement, "D14")[0].message


@pytest.mark.parametrize("value", ["v1", "TBC", "N/A", "1.5", made(CellKind.NUMBER, "1", None, '0"th"')])
def test_supersedes_version_asks_for_a_number(value):
    """Ruling B12: not for an amount in pounds."""
    judgement = judged(good_return({at("Return", "supersedes_version"): value}))
    (finding,) = [each for each in judgement.findings if each.cell == at("Return", "supersedes_version").split("!")[1]]
    assert ("whole number" in finding.message, "pounds" in finding.message) == (True, False)


def test_a_version_that_was_typed_again_as_a_number_is_that_version():
    """Ruling B12."""
    version = made(CellKind.NUMBER, "1")
    assert judged(good_return({at("Return", "template_version"): version})).verdict is Verdict.ACCEPTED


def test_a_formula_that_needs_another_file_is_refused():
    """Ruling B7."""
    linked = replace(made(CellKind.NUMBER, "780000", "[1]Plan!J2"), is_linked=True)
    judgement = judged(good_return({at("Savings", "projected_gbp"): linked}))
    assert told(judgement) == [("D08", "B", at("Savings", "projected_gbp"))]
    assert "Paste Special" in found(judgement, "D08")[0].message


def test_the_rows_of_a_project_are_held_to_the_same():
    """Ruling B1, on a sheet beside Savings."""
    rows = [PROJECT_ROWS[0] | {"stage": marked("Delivery", is_struck=True)}, *PROJECT_ROWS[1:]]
    judgement = judged(good_return(rows={"Projects": rows}))
    assert told(judgement) == [("D73", "B", at("Projects", "stage"))]
    assert "Withdrawn" not in found(judgement, "D73")[0].message
