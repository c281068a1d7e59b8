"""One defect planted anywhere in a return: its cell is named, and nothing else; two are both found at once.

The returns are the samples' shape with amounts and places made up. What a defect of each check
looks like in one fixed place is in the tests of the checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.reader.cells import CellKind
from sources.template.declaration import SAVINGS
from tests.returns import Past, accepted, at, form_fields, good_return, judged, line, made, reference_with, told
from tests.returns import reference as bundled

ERROR, UNCALCULATED = made(CellKind.ERROR, "#REF!"), made(CellKind.EMPTY, "", "A1*2")
LINES = 6
DEFERRED = frozenset({2, 5})  # by number, those that defer a part to the next year
WHY = "The supplier gave notice: £3,000 of it moves."


def clean_lines() -> list[dict[str, Any]]:
    """Return lines that raise nothing, each achieving something."""
    lines = []
    for number in range(LINES):
        baseline = Decimal(23_456_17 + number * 3_331_07) / 100
        deferred = (baseline * 2 / 5).quantize(Decimal("0.01")) if number in DEFERRED else Decimal(0)
        later = {"deferred_to_year": "2022/23", "status": "Delayed", "rag": "Red"} if deferred else {}
        row = line(f"PL-21-{100 + number}", baseline, baseline - deferred, deferred_gbp=deferred, **later)
        row |= {"fund_ref": "TF-0001", "achieved_to_date_gbp": 1_000 + number, "budget_code": f"PL1000{number}"}
        lines.append(row)
    return lines


PROJECT = {
    "project_ref": "PRJ-0301",
    "project_name": "Climate strategy",
    "directorate_code": "PL",
    "owner_post": "Head of Planning",
    "stage": "Delivery",
    "next_milestone_date": date(2022, 3, 31),
}
PLAN = reference_with(
    approved_plan=[
        {
            **bundled().tables["approved_plan"][0],
            "directorate_code": "PL",
            "saving_ref": row["saving_ref"],
            "baseline_gbp": row["baseline_gbp"],
        }
        for row in clean_lines()
    ],
    decision=[{"decision_ref": "CAB-1"}],
)
BEFORE = Past((accepted(good_return(lines=clean_lines(), rows={"Projects": [PROJECT]}), data=PLAN),))


@dataclass(frozen=True)
class Plant:
    """A defect: in which column, what stands there instead, and what has to be said of that cell.

    Attributes:
        column: Of the Savings sheet.
        value: What stands there; a number of it is what the clean amount is multiplied by.
        rule: The check that has to find it.
        severity: ``B``, ``H`` or ``W``.
        beside: Further columns of the line that go with it, so that it stays one defect.
        where: The column of the cell that is named, if not the one that was changed.
    """

    column: str
    value: object
    rule: str
    severity: str = "B"
    beside: tuple[tuple[str, object], ...] = ()
    where: str = ""


AMOUNTS = tuple(column.name for column in SAVINGS.columns if column.is_money)
REQUIRED_WORDS = ("service", "benefit_type", "cashable", "recurrence", "status", "rag", "maturity")
PLANTS = [
    *(Plant(column, ERROR, "D07") for column in AMOUNTS),
    *(Plant(column, UNCALCULATED, "D08") for column in AMOUNTS),
    *(Plant(column, text, "D09") for column in AMOUNTS for text in ("1,870 est", "£8-10m", "50%", date(2021, 9, 1))),
    *(Plant(column, "TBC", "D09") for column in AMOUNTS if column != "full_year_effect_gbp"),
    *(Plant(column, -1, "D11") for column in AMOUNTS),
    *(Plant(column, None, "D10") for column in ("baseline_gbp", "projected_gbp", "achieved_to_date_gbp")),
    *(Plant(column, None, "D10") for column in (*REQUIRED_WORDS, "saving_title", "start_date", "plan_year")),
    *(Plant(column, "Neither", "D09") for column in REQUIRED_WORDS),
    Plant("undeliverable_gbp", "nil", "D09", "W"),
    Plant("saving_ref", "PL-21", "D14"),
    Plant("saving_ref", " PL-21-x", "D14"),
    Plant("project_ref", "PRJ-9999", "D16"),
    Plant("fund_ref", "TF-9999", "D16"),
    *(Plant("plan_year", value, "D17") for value in ("FY22", "2021/23", date(2022, 3, 21), 2022)),
    *(Plant("start_date", value, "D48") for value in ("05/13/2021", date(1904, 1, 1), date(2041, 4, 1))),
    Plant("baseline_gbp", Decimal("12.34"), "D26"),
    Plant("cashable", "Non-cashable", "D26"),
    Plant("benefit_type", "Cost avoidance", "D37", where="cashable"),
    Plant("replaces_ref", "PL-21-777", "D40"),
    Plant("saving_title", "x" * 121, "D09"),
    Plant("notes", "Ask jo@example.org", "D65", "W"),
    Plant("status", "Withdrawn", "D33", "W", (("rag", "Green"),), where="rag"),
    Plant("status", "Undeliverable", "D32", "W"),
    Plant("achieved_to_date_gbp", 3, "D29", "W", (("variance_explanation", WHY),)),
]
# Changes of lines that defer nothing, so that they stay one defect.
WHOLE_LINES = [
    Plant("deferred_to_year", "2022/23", "D19", where="deferred_gbp"),
    Plant("deferred_to_year", "2020/21", "D19", where="deferred_gbp"),
    Plant("projected_gbp", Decimal("65000.01"), "D34", "W", (("variance_explanation", WHY),)),
    Plant("undeliverable_gbp", 1, "D22", beside=(("decision_ref", "CAB-1"),)),
]
PARTS = [
    Plant("deferred_to_year", None, "D19"),
    Plant("deferred_to_year", "2021/22", "D18"),
    Plant("deferred_to_year", "FY22", "D17"),
    Plant("deferred_to_year", "2045/46", "D17"),
    Plant("deferred_to_year", "Multiple", "D20"),
]
numbers = st.integers(0, LINES - 1)


def fitting(number: int) -> list[Plant]:
    """Return the defects that can be planted on a line."""
    return [*PLANTS, *(PARTS if number in DEFERRED else WHOLE_LINES)]


def planted(*plants: tuple[int, Plant]) -> list[tuple[str, str, str]]:
    """Return what is said of a return with these defects, less what the clean return raises: nothing."""
    edits = {
        at("Savings", column, number + 2): value
        for number, plant in plants
        for column, value in ((plant.column, plant.value), *plant.beside)
    }
    lines = [row | {"achieved_to_date_gbp": row["achieved_to_date_gbp"] + 500} for row in clean_lines()]
    book = good_return(edits, lines=lines, rows={"Projects": [PROJECT]}, form=form_fields(period="P07"))
    return told(judged(book, data=PLAN, history=BEFORE))


def expected(number: int, plant: Plant) -> tuple[str, str, str]:
    return plant.rule, plant.severity, at("Savings", plant.where or plant.column, number + 2)


def test_the_clean_return_raises_nothing() -> None:
    assert planted() == []


@pytest.mark.parametrize("plant", [*PLANTS, *WHOLE_LINES, *PARTS], ids=lambda p: f"{p.column}_{p.rule}_{p.value!s:.9}")
def test_one_planted_defect_is_found_in_its_cell_and_nothing_else_is_said(plant: Plant) -> None:
    for number in [number for number in range(LINES) if plant in fitting(number)][:: LINES - 3]:
        assert planted((number, plant)) == [expected(number, plant)]


@settings(max_examples=60)
@given(st.data(), st.lists(numbers, min_size=2, max_size=2, unique=True))
def test_two_planted_defects_on_two_lines_are_both_found_at_once(data: st.DataObject, places: list[int]) -> None:
    plants = [(number, data.draw(st.sampled_from(fitting(number)))) for number in places]
    assert sorted(planted(*plants)) == sorted(expected(number, plant) for number, plant in plants)


@settings(max_examples=60)
@given(st.data(), numbers)
def test_an_unreadable_amount_hides_no_defect_of_its_row_that_does_not_need_it(
    data: st.DataObject, number: int
) -> None:
    needs_no_amount = [plant for plant in PLANTS if plant.column not in AMOUNTS and plant.rule not in ("D32", "D33")]
    plant = data.draw(st.sampled_from(needs_no_amount))
    unreadable = Plant("projected_gbp", "TBC", "D09")
    both = planted((number, plant), (number, unreadable))
    assert {expected(number, plant), expected(number, unreadable)} <= set(both)
