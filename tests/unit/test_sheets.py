"""From cells to tables: headers, totals, merges, what is hidden, extra or elsewhere (D04 to D06, D24, D44, D45)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sources.findings.findings import Verdict
from sources.parsing.sheet_grid import label_key
from sources.reader.cells import CellKind, SheetCells, address
from sources.template import declaration as template
from tests.defects import Defect, assert_found_and_nothing_else, each
from tests.returns import (
    FUND_ROWS,
    LINES,
    PROJECT_ROWS,
    RISK,
    at,
    cell,
    found,
    good_return,
    judged,
    line,
    made,
    moved,
    nil_return,
    told,
    with_sheet,
    without_sheet,
)

SAVINGS = template.SAVINGS
AFTER = len(LINES) + 2


def sheet_of(book, name):
    return next(sheet for sheet in book.sheets if sheet.name == name)


def total_row(row, label="Total", **amounts):
    sums = {name: sum(line[name] for line in LINES) for name in ("baseline_gbp", "projected_gbp", "deferred_gbp")}
    edits = {at("Savings", name, row): amount for name, amount in (sums | amounts).items() if amount is not None}
    return edits | ({at("Savings", "saving_title", row): label} if label else {})


REFUSED = [
    ("no Savings sheet", without_sheet(good_return(), "Savings"), "D04", "sheet-missing", "Savings"),
    ("no Projects sheet", without_sheet(good_return(), "Projects"), "D04", "sheet-missing", "Projects"),
    # F-A14: hidden, or twice.
    ("a hidden Savings sheet", with_sheet(good_return(), "Savings", state="hidden"), "D04", "sheet-missing", "Unhide"),
    (
        "two Savings sheets by name",
        good_return(more_sheets=[replace(sheet_of(good_return(), "Savings"), name="savings ")]),
        "D04",
        "sheet-ambiguous",
        "'savings'",
    ),
    (
        "another sheet with the Savings header",
        good_return(more_sheets=[replace(sheet_of(good_return(), "Savings"), name="Copy")]),
        "D04",
        "sheet-ambiguous",
        "'Copy'",
    ),
    ("a Nil return with lines", good_return({at("Return", "return_type"): "Nil"}), "D04", "nil-with-lines", "Savings"),
    # F-A13: missing, twice, or come apart.
    (
        "a required column that is missing",
        good_return({at("Savings", "deferred_gbp", 1): "Defered (£)"}),
        "D05",
        "header-missing",
        "If you mean 'Defered (£)', change it to 'Deferred (£)'",
    ),
    ("a column that is there twice", good_return({"Savings!Z1": "rag"}), "D06", "header-duplicate", "R1 and Z1"),
    (
        "no header at all",
        with_sheet(good_return(), "Savings", cells={(1, 1): cell("A1", "x")}),
        "D06",
        "header-not-found",
        "No row has the headings",
    ),
    ("a header too far down", moved(good_return(), "Savings", rows=16), "D06", "header-not-found", "row 17"),
    (
        "a header that comes again",
        good_return({at("Savings", c.name, 9): c.name for c in SAVINGS.columns}),
        "D06",
        "header-repeated",
        "row 9",
    ),
    (
        "a header on two rows",
        good_return(
            {at("Savings", c.name, 1): None for c in SAVINGS.columns[:8]}
            | {at("Savings", c.name, 2): c.name for c in SAVINGS.columns[:8]}
        ),
        "D06",
        "header-split",
        "two rows, 1 and 2",
    ),
    ("a merged header", with_sheet(good_return(), "Savings", merged=("J1:K1",)), "D06", "header-split", "J1:K1"),
]


@pytest.mark.parametrize(
    ("book", "rule", "code", "says"),
    [case[1:] for case in REFUSED],
    ids=[case[0].replace(" ", "_") for case in REFUSED],
)
def test_what_cannot_be_read_as_a_return_is_refused_with_one_code(book, rule, code, says):
    judgement = judged(book)
    assert (judgement.verdict, judgement.refusal_code) == (Verdict.REFUSED, code)
    assert judgement.tables == {}
    assert rule in {finding.rule for finding in judgement.findings}
    assert says in found(judgement, rule)[0].message


def test_every_reason_for_a_refusal_is_told_at_once():
    book = good_return({at("Savings", "rag", 1): None, at("Projects", "stage", 1): None})
    assert [finding.column for finding in judged(book).findings] == ["rag", "stage"]


DEFECTS = [
    # F-E07: named, and blocked once it has numbers.
    Defect(
        "an extra column of words",
        good_return({"Savings!Z1": "Owner", "Savings!Z2": "Head of Planning"}),
        "D05",
        "W",
        "Savings!Z1",
        "'Owner'",
    ),
    Defect(
        "an extra column with a number",
        good_return({"Savings!Z1": "Saving forecast", "Savings!Z3": 12}),
        "D05",
        "B",
        "Savings!Z3",
        "'Saving forecast'",
    ),
    Defect(
        "a number in a column without a name",
        good_return({"Savings!AB4": 5}),
        "D05",
        "B",
        "Savings!AB4",
        "has no heading, but it has numbers",
    ),
    # F-B14.
    Defect(
        "a total that is wrong",
        good_return(total_row(AFTER, baseline_gbp=2_393_001)),
        "D24",
        "B",
        at("Savings", "baseline_gbp", AFTER),
        "£2,393,001, but the rows add up to £2,393,000 (difference £1)",
    ),
    # F-A15: read and counted, and said.
    Defect(
        "a hidden row", with_sheet(good_return(), "Savings", hidden_rows=frozenset({3})), "D44", "W", "Savings", "(3)"
    ),
    Defect(
        "a hidden column",
        with_sheet(good_return(), "Savings", hidden_columns=frozenset({10})),
        "D44",
        "W",
        "Savings",
        "J Baseline (£)",
    ),
    Defect("a filter", with_sheet(good_return(), "Savings", filter_range="A1:Y5"), "D44", "W", "Savings", "A1:Y5"),
    # F-A14.
    Defect(
        "a hidden sheet",
        good_return(more_sheets=[SheetCells("Old", "veryHidden", {(1, 1): cell("A1", "x")})]),
        "D44",
        "W",
        "Old",
        "'Old', because it is hidden",
    ),
    Defect(
        "a sheet of their own",
        good_return(more_sheets=[SheetCells("Workings", cells={(1, 1): cell("A1", 1)})]),
        "D44",
        "W",
        "Workings",
        "'Workings', because it is not in the template",
    ),
    Defect(
        "a merged amount", with_sheet(good_return(), "Savings", merged=("M2:M3",)), "D45", "B", "Savings!M2", "M2:M3"
    ),
    Defect(
        "a merged label",
        with_sheet(
            good_return(
                {at("Savings", "rag", 4): None, at("Savings", "rag", 2): "Green"},
                lines=[LINES[0], LINES[2], line("PL-21-002", 365_000, 365_000), line("PL-21-004", 759_000, 759_000)],
            ),
            "Savings",
            merged=("R2:R4",),
        ),
        "D45",
        "W",
        "Savings!R2",
        "R2:R4",
    ),
    Defect(
        "a line far below the others",
        good_return(
            {
                at("Savings", c.name, 70): LINES[3].get(c.name)
                for c in SAVINGS.columns
                if LINES[3].get(c.name) is not None
            },
            lines=LINES[:3],
        ),
        "D44",
        "W",
        "Savings!A70",
        "65 blank rows above row 70",
    ),
]


@each(DEFECTS)
def test_a_defect_of_a_sheet_is_named(defect):
    assert_found_and_nothing_else(defect)


def test_title_rows_and_blank_columns_before_the_header_change_nothing():
    """F-A12: and a cell is named as Excel names it."""
    book = moved(moved(good_return(), "Savings", rows=15, columns=2), "Return", rows=3, columns=1)
    judgement = judged(book, received_at=datetime(2021, 10, 12, 9, tzinfo=UTC))
    assert (judgement.verdict, told(judgement)) == (Verdict.ACCEPTED, [])
    first = judgement.tables["savings_line"][0]
    assert (first["source_row"], first["baseline_gbp_cell"]) == (17, "L17")


def test_columns_are_found_by_name_in_any_order():
    """F-A13: another order is no matter."""
    sheet = sheet_of(good_return(), "Savings")
    last = max(column for _, column in sheet.cells)
    turned = {
        (row, last + 1 - column): cell_at(each, row, last + 1 - column) for (row, column), each in sheet.cells.items()
    }
    judgement = judged(with_sheet(good_return(), "Savings", cells=turned))
    assert told(judgement) == []
    assert [row["baseline_gbp"] for row in judgement.tables["savings_line"]] == [line["baseline_gbp"] for line in LINES]


def cell_at(each, row, column):
    return replace(each, row=row, column=column, ref=address(row, column))


def test_headers_are_compared_without_case_spaces_or_dashes():
    edits = {at("Savings", "saving_ref", 1): " Saving  Ref ", at("Savings", "baseline_gbp", 1): "Baseline-GBP"}
    assert told(judged(good_return(edits))) == []


def test_a_renamed_column_is_read_by_its_alias_with_a_warning():
    judgement = judged(good_return({at("Savings", "baseline_gbp", 1): "Baseline Total"}))
    assert told(judgement) == [("D05", "W", at("Savings", "baseline_gbp", 1))]
    (finding,) = [each for each in judgement.findings if each.rule == "D05"]
    assert "'Baseline Total'" in finding.message
    assert judgement.headers["savings_line"]["baseline_gbp"] == "Baseline Total"
    assert [row["baseline_gbp"] for row in judgement.tables["savings_line"]] == [line["baseline_gbp"] for line in LINES]


def test_a_savings_sheet_whose_columns_are_all_renamed_is_read_as_it_would_be_unrenamed():
    renamed = {at("Savings", column.name, 1): column.aliases[0] for column in SAVINGS.columns if column.aliases}
    judgement = judged(good_return(renamed))
    assert len(renamed) > 15
    assert told(judgement) == [("D05", "W", cell) for cell in renamed]
    assert amounts_of(judgement) == amounts_of(judged(good_return()))


def amounts_of(judgement):
    names = [column.name for column in SAVINGS.columns if column.is_money]
    return [[row[name] for name in names] for row in judgement.tables["savings_line"]]


@pytest.mark.parametrize("sheet", template.SHEETS, ids=lambda sheet: sheet.name)
def test_no_two_columns_of_a_sheet_answer_to_the_same_header(sheet):
    labels = [
        *({label_key(word) for word in (each.name, each.heading, *each.aliases)} for each in sheet.columns),
        *({label_key(word) for word in (own.name, own.heading, *own.formerly)} for own in sheet.own_columns),
    ]
    assert sum(map(len, labels)) == len(set().union(*labels))


@pytest.mark.parametrize("label", ["Total", "TOTALS", "Sub-total", "Grand Total", "total:"])
def test_a_total_row_is_compared_and_never_loaded(label):
    """F-B15."""
    controls = {
        at("Return", f"control_{name}"): sum(line[f"{name}_gbp"] for line in LINES)
        for name in ("baseline", "projected", "deferred")
    }
    # The template's own control totals count it in; typed ones must not.
    for edits in (total_row(AFTER, label), total_row(AFTER, label) | controls):
        judgement = judged(good_return(edits))
        assert (told(judgement), judgement.rows_read) == ([], len(LINES))


def test_a_total_word_in_the_references_place_is_a_total():
    """F-B15."""
    controls = {at("Return", "control_baseline"): 2_393_000, at("Return", "control_row_count"): 4}
    edits = {at("Savings", "saving_ref", AFTER): "Total", at("Savings", "baseline_gbp", AFTER): 2_393_000}
    assert told(judged(good_return(edits))) == []
    assert told(judged(good_return(edits | controls))) == []


def test_amounts_alone_that_equal_the_sums_are_a_total():
    """F-B15."""
    edits = total_row(AFTER, label="") | {
        at("Return", f"control_{name}"): sum(line[f"{name}_gbp"] for line in LINES)
        for name in ("baseline", "projected", "deferred")
    }
    assert told(judged(good_return(edits))) == []


def test_amounts_alone_that_equal_nothing_are_no_total():
    judgement = judged(good_return({at("Savings", "baseline_gbp", AFTER): 5}))
    assert told(judgement) == [("D10", "B", at("Savings", "baseline_gbp", AFTER))]


def test_a_line_with_a_reference_is_never_a_total_whatever_its_title():
    judgement = judged(good_return({at("Savings", "saving_title"): "Total"}))
    assert (told(judgement), judgement.rows_read) == ([], len(LINES))


def test_a_row_with_a_reference_that_is_text_is_no_total_either_though_its_amounts_are_the_sum():
    first = {"idea_ref": "I1", "title": "One", "year": "2023/24", "low_gbp": 1, "high_gbp": 2, "maturity": "Idea"}
    second = {"idea_ref": "I2", "title": "Two", "low_gbp": 1, "high_gbp": 2}
    assert told(judged(good_return(rows={"Pipeline": [first, second]}))) == [
        ("D10", "B", at("Pipeline", "year", 3)),
        ("D10", "B", at("Pipeline", "maturity", 3)),
    ]


def test_subtotals_add_up_what_is_since_the_one_before_and_the_grand_total_everything():
    rows = [LINES[0], LINES[1], {}, LINES[2], LINES[3], {}, {}]
    edits = {}
    for row, lines in ((4, LINES[:2]), (7, LINES[2:]), (8, LINES)):
        edits |= {
            at("Savings", "saving_title", row): "Total",
            at("Savings", "baseline_gbp", row): sum(line["baseline_gbp"] for line in lines),
        }
    controls = {at("Return", "control_baseline"): 2_393_000}
    assert told(judged(good_return(edits | controls, lines=rows))) == []
    wrong = edits | {at("Savings", "baseline_gbp", 7): 1}
    assert told(judged(good_return(wrong | controls, lines=rows))) == [("D24", "B", at("Savings", "baseline_gbp", 7))]


@pytest.mark.parametrize("label", ["Grand total", "GRAND TOTAL:"])
def test_a_total_that_says_that_it_is_of_everything_is(label):
    rows = [LINES[0], LINES[1], {}, LINES[2], LINES[3], {}]
    edits = {at("Return", "control_baseline"): 2_393_000}
    for row, lines, word in ((4, LINES[:2], "Total"), (7, LINES, label)):
        edits |= {
            at("Savings", "saving_title", row): word,
            at("Savings", "baseline_gbp", row): sum(line["baseline_gbp"] for line in lines),
        }
    assert told(judged(good_return(edits, lines=rows))) == []


@pytest.mark.parametrize("pence", ["01", "02"])
def test_a_total_of_unrounded_pence_may_be_rounded_once_or_a_cell_at_a_time(pence):
    total = made(CellKind.NUMBER, f"220750.{pence}")
    edits = {
        at("Savings", "achieved_to_date_gbp", 2): made(CellKind.NUMBER, "120500.005"),
        at("Savings", "achieved_to_date_gbp", 4): made(CellKind.NUMBER, "100250.005"),
        at("Savings", "saving_title", AFTER): "Total",
        at("Savings", "achieved_to_date_gbp", AFTER): total,
        at("Return", "control_achieved"): total,
    }
    assert told(judged(good_return(edits))) == []


OF_VERSION_1 = ("unexplained", "projected_last_period_gbp", "explanation_needed", "to_mend")


@pytest.mark.parametrize("labels", [[own.heading for own in SAVINGS.own_columns], OF_VERSION_1], ids=["now", "1.0"])
def test_the_templates_own_columns_are_never_read(labels):
    edits = {}
    for number, label in enumerate(labels, start=len(SAVINGS.columns) + 1):
        edits[f"Savings!{address(1, number)}"] = label
        edits[f"Savings!{address(2, number)}"] = made(CellKind.NUMBER, "5", formula="J2-M2")
    assert told(judged(good_return(edits))) == []


def test_a_return_of_the_version_before_is_read_with_one_warning():
    """Ruling A1: version 1.0 had the names of the fields as its headings."""
    edits = {at("Return", "template_version"): "1.0"}
    for sheet in (template.SAVINGS, template.PROJECTS, template.INVESTMENT):
        edits |= {at(sheet.name, column.name, 1): column.name for column in sheet.columns}
    for number, field in enumerate(template.RETURN_FIELDS, start=1):
        edits[f"Return!A{number}"] = field.name
    old, new = judged(good_return(edits)), judged(good_return())
    assert told(old) == [("D02", "W", at("Return", "template_version"))]
    assert amounts_of(old) == amounts_of(new)


def test_a_blank_sheet_that_is_not_needed_is_passed_over():
    assert (
        told(
            judged(
                good_return(more_sheets=[SheetCells("Risks"), SheetCells("Lists", "hidden", {(1, 1): cell("A1", "x")})])
            )
        )
        == []
    )


def test_a_nil_return_may_keep_the_templates_empty_savings_sheet():
    book = nil_return()
    empty = sheet_of(good_return(lines=()), "Savings")
    assert judged(replace(book, sheets=(*book.sheets, empty))).refusal_code == ""


def test_a_hidden_row_that_makes_a_total_wrong_is_blocked_by_the_total():
    """F-A15, F-B14."""
    edits = total_row(AFTER, baseline_gbp=2_028_000, projected_gbp=None, deferred_gbp=None) | {
        at("Return", "control_baseline"): 2_393_000
    }
    book = with_sheet(good_return(edits), "Savings", hidden_rows=frozenset({3}))
    assert told(judged(book)) == [("D44", "W", "Savings"), ("D24", "B", at("Savings", "baseline_gbp", AFTER))]


def test_the_headers_found_are_kept_with_the_lines():
    judgement = judged(good_return({at("Savings", "saving_ref", 1): "Saving Ref"}))
    assert judgement.headers["savings_line"]["saving_ref"] == "Saving Ref"
    assert judgement.headers["project"]["stage"] == "Stage"


def test_all_sheets_are_read_when_they_are_there():
    rows = {
        "Projects": PROJECT_ROWS,
        "Investment": FUND_ROWS,
        "Risks": [RISK],
        "PlanChanges": [
            {
                "change_ref": "C1",
                "saving_ref": "PL-21-001",
                "plan_year": "2021/22",
                "type": "Reduce",
                "amount_gbp": 1000,
                "reason": "Smaller scope.",
            }
        ],
        "Pipeline": [
            {
                "idea_ref": "I1",
                "title": "Shared depot",
                "year": "2023/24",
                "low_gbp": 1,
                "high_gbp": 2,
                "maturity": "Idea",
            }
        ],
    }
    judgement = judged(good_return(rows=rows))
    assert told(judgement) == []
    assert {name: len(table) for name, table in judgement.tables.items()} == {
        "savings_line": 4,
        "deferral": 0,
        "project": 4,
        "investment": 1,
        "risk": 1,
        "plan_change_proposal": 1,
        "pipeline": 1,
    }


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"C9": "Left over"}, "C9"),
        ({"J9": 1000}, "J9"),
        ({"J9": "£1,000", "M9": "TBC"}, "J9, M9"),
        ({"Y9": "Ask zebedee@home.example"}, "Y9"),
        ({"E9": "22", "I9": "soon", "S9": "x"}, "E9, I9, S9"),
    ],
)
def test_a_row_without_a_reference_that_holds_little_is_one_finding(cells, named):
    """Ruling A8: neither what it lacks, nor what is wrong with its cells, nor the sums say more."""
    judgement = judged(good_return({f"Savings!{cell}": value for cell, value in cells.items()}))
    assert told(judgement) == [("D10", "B", f"Savings!{next(iter(cells))}")]
    assert found(judgement, "D10")[0].message == (
        f"Savings!{next(iter(cells))}: Row 9 holds only {named}. Clear it, or complete the line."
    )


def test_a_stray_cell_on_another_sheet_is_one_finding():
    """Ruling A8."""
    judgement = judged(good_return({"Projects!B9": "Left over"}))
    assert told(judgement) == [("D10", "B", "Projects!B9")]
    assert "Clear it, or complete the row." in found(judgement, "D10")[0].message


def test_a_row_without_a_reference_that_holds_most_of_a_line_is_a_line_to_complete():
    blank = at("Savings", "saving_ref")
    assert ("D10", "B", blank) in told(judged(good_return({blank: None})))


def test_a_stray_cell_far_below_is_named_once():
    """Ruling A8."""
    judgement = judged(good_return({"Savings!D200": "left over"}))
    assert [each.cell for each in judgement.findings if each.sheet == "Savings"] == ["D200"]
