"""Over generated returns: no pound is lost in judging, and one planted defect is found in its cell alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sources.findings.findings import Verdict
from sources.lines.line_files import to_arrow
from sources.reader.cells import CellKind
from sources.template.declaration import SHEETS
from tests.returns import (
    Past,
    accepted,
    at,
    form_fields,
    good_return,
    judged,
    line,
    made,
    place_of,
    reference,
    reference_with,
    told,
)

PENCE = Decimal("0.01")
# Never whole thousands, never two alike: a clean return raises nothing.
baselines = st.lists(
    st.integers(1, 99_999_999).map(lambda pence: Decimal(pence) * PENCE).filter(lambda pounds: pounds % 1000 != 0),
    min_size=1,
    max_size=6,
    unique=True,
)
shares = st.lists(st.integers(0, 100), min_size=6, max_size=6)


def generated(amounts, parts):
    """Return clean lines with these baselines, of which a part is projected and the rest deferred."""
    lines = []
    for number, (baseline, part) in enumerate(zip(amounts, parts, strict=False)):
        projected = (baseline * part / 100).quantize(PENCE)
        deferred = baseline - projected
        later = {"deferred_to_year": "2022/23", "status": "Delayed", "rag": "Amber"} if deferred else {}
        if projected / baseline < Decimal("0.75") or deferred / baseline > Decimal("0.25"):
            later["rag"] = "Red"
        name = f"PL-21-{number:03d}"
        lines.append(line(name, baseline, projected, deferred_gbp=deferred, fund_ref="TF-0001", **later))
    return lines


def plan_of(lines):
    """Return reference data whose plan is just these lines."""
    usual = reference().tables["approved_plan"][0]
    rows = [
        {**usual, "directorate_code": "PL", "saving_ref": row["saving_ref"], "baseline_gbp": row["baseline_gbp"]}
        for row in lines
    ]
    return reference_with(approved_plan=rows)


def milestones(lines):
    projects = [
        {
            "project_ref": "PRJ-0301",
            "project_name": "Climate strategy",
            "directorate_code": "PL",
            "owner_post": "Head of Planning",
            "stage": "Delivery",
            "next_milestone_date": date(2022, 3, 31),
        }
    ]
    return {"lines": lines, "rows": {"Projects": projects}}


def as_written(amount, how):
    """Return an amount as an officer may type it; ``how`` chooses the hand."""
    hands = [
        made(CellKind.NUMBER, str(amount)),
        f"£{amount:,.2f}",
        f" {amount:,.2f}\u00a0",
        made(CellKind.NUMBER, f"{amount:E}"),
        str(amount),
    ]
    return hands[how % len(hands)]


@given(baselines, shares, st.lists(st.integers(0, 4), min_size=6, max_size=6), st.integers(0, 6))
def test_the_typed_baselines_are_the_baseline_cells_whoever_wrote_them(amounts, parts, hands, unregistered):
    lines = generated(amounts, parts)
    data = plan_of(lines[unregistered:])
    edits = {
        at("Savings", "baseline_gbp", row): as_written(each["baseline_gbp"], hand)
        for row, (each, hand) in enumerate(zip(lines, hands, strict=False), start=2)
    }
    edits[at("Return", "control_baseline")] = sum(amounts)
    judgement = judged(good_return(edits, **milestones(lines)), data=data)
    assert judgement.verdict is Verdict.ACCEPTED
    assert judgement.rows_quarantined == min(unregistered, len(lines))
    rows = judgement.tables["savings_line"]
    assert sum(row["baseline_gbp"] for row in rows) == sum(amounts)
    assert sum(row["projected_gbp"] + row["deferred_gbp"] for row in rows) == sum(amounts)
    assert [row["baseline_gbp_cell"] for row in rows] == [f"J{n}" for n in range(2, len(lines) + 2)]


@given(baselines, shares)
def test_a_generated_return_is_clean_before_anything_is_planted(amounts, parts):
    lines = generated(amounts, parts)
    assert told(judged(good_return(**milestones(lines)), data=plan_of(lines))) == []


anything = st.one_of(
    st.none(),
    st.text(max_size=30),
    st.sampled_from(["TBC", "N/A", "-", "nil", "Multiple", "2098/99", "PL-21-001", "PL-21-003", "PRJ-0301", "T1;T2"]),
    st.integers(-(10**15), 10**15),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**13), max_value=10**13),
    st.dates(),
    st.booleans(),
    st.builds(made, st.sampled_from(CellKind), st.text(max_size=12), st.none() | st.just("A1")),
)
places = st.one_of(
    st.builds(lambda row: f"Return!B{row}", st.integers(1, 24)),
    st.builds(
        lambda column, row: f"Savings!{column}{row}", st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.integers(1, 7)
    ),
    st.builds(lambda column, row: f"Projects!{column}{row}", st.sampled_from("ABCDEFGHIJKLMNOPQ"), st.integers(1, 7)),
    st.builds(lambda column, row: f"Investment!{column}{row}", st.sampled_from("ABCDEFGHIJKLMN"), st.integers(1, 4)),
)
BEFORE = Past((accepted(good_return()),))


@given(st.dictionaries(places, anything, min_size=1, max_size=12))
def test_whatever_stands_in_any_cell_is_judged_and_a_blocked_file_brings_no_line(edits):
    form = form_fields(period="P07", return_type="Initial")
    judgement = judged(good_return(edits, form=form), history=BEFORE)
    brings_lines = judgement.verdict in (Verdict.ACCEPTED, Verdict.HELD)
    assert bool(judgement.tables) is brings_lines
    assert bool(judgement.refusal_code) is (judgement.verdict is Verdict.REFUSED)
    assert brings_lines is not any(finding.severity == "B" for finding in judgement.findings)
    for sheet in SHEETS if brings_lines else ():
        assert to_arrow(sheet, judgement.tables[sheet.table]).num_rows == len(judgement.tables[sheet.table])


PLANTED = [
    ("projected_gbp", "TBC", "D09"),
    ("projected_gbp", made(CellKind.ERROR, "#DIV/0!"), "D07"),
    ("projected_gbp", made(CellKind.EMPTY, "", "SUM(A1)"), "D08"),
    ("projected_gbp", None, "D10"),
    ("baseline_gbp", None, "D10"),
    ("baseline_gbp", "about 300", "D09"),
    ("baseline_gbp", Decimal("-0.01"), "D11"),
    ("baseline_gbp", Decimal("1000000.01"), "D26"),
    ("achieved_to_date_gbp", "£8-10m", "D09"),
    ("undeliverable_gbp", -1, "D11"),
    ("deferred_gbp", "~500", "D09"),
    ("saving_ref", "PL-21", "D14"),
    ("saving_ref", None, "D10"),
    ("project_ref", "PRJ-9999", "D16"),
    ("fund_ref", "TF-9999", "D16"),
    ("plan_year", date(2022, 3, 1), "D17"),
    ("plan_year", "FY22", "D17"),
    ("start_date", date(1904, 1, 1), "D48"),
    ("cashable", "Non-cashable", "D26"),
    ("benefit_type", "Cost avoidance", None),
    ("service", "Parks", "D09"),
    ("status", "", "D10"),
    ("rag", "Purple", "D09"),
    ("recurrence", "Twice", "D09"),
    ("maturity", "New", "D09"),
]


@given(baselines, shares, st.data())
def test_one_planted_defect_is_found_in_its_cell_and_blocks_alone(amounts, parts, data):
    column, value, rule = data.draw(st.sampled_from(PLANTED))
    lines = generated(amounts, parts)
    row = data.draw(st.integers(2, len(lines) + 1))
    judgement = judged(
        good_return({at("Savings", column, row): value}, **milestones(lines)),
        data=plan_of(lines),
    )
    blocks = [(finding.rule, finding.cell) for finding in judgement.findings if finding.severity == "B"]
    expected = (rule, place_of("Savings", column, row))
    if rule is None:  # cost avoidance: the cell to change is the one beside it
        expected = ("D37", place_of("Savings", "cashable", row))
    if column == "saving_ref" and value is None:
        blocks = [block for block in blocks if block[0] != "D25"]  # COUNTA counts one row fewer
    assert blocks == [expected]
    assert judgement.tables == {}
