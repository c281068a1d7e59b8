"""From adopted reference folders to rows with the span in which they were known (R40)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_project.known_spans import Adopted, known_spans

DAY_1 = datetime(2021, 4, 1)  # noqa: DTZ001 - as in the candidate: UTC without zone
DAY_2, DAY_3, DAY_4 = (DAY_1 + timedelta(days=days) for days in (1, 2, 3))

PLANNED = {"saving_ref": "AH-21-001", "baseline_gbp": Decimal("100.00")}
RAISED = {"saving_ref": "AH-21-001", "baseline_gbp": Decimal("120.00")}
OTHER = {"saving_ref": "AH-21-002", "baseline_gbp": Decimal("100.00")}
COLUMNS = ("saving_ref", "baseline_gbp")


def test_a_row_that_stays_has_one_span_without_an_end():
    spans = known_spans([Adopted(DAY_1, [PLANNED]), Adopted(DAY_2, [PLANNED, OTHER])], COLUMNS)

    assert spans == [
        {**PLANNED, "known_from_at": DAY_1, "known_to_at": None},
        {**OTHER, "known_from_at": DAY_2, "known_to_at": None},
    ]


def test_a_changed_amount_ends_one_row_and_begins_another():
    spans = known_spans([Adopted(DAY_1, [PLANNED]), Adopted(DAY_2, [RAISED])], COLUMNS)

    assert spans == [
        {**PLANNED, "known_from_at": DAY_1, "known_to_at": DAY_2},
        {**RAISED, "known_from_at": DAY_2, "known_to_at": None},
    ]


def test_a_row_that_comes_back_has_two_spans():
    adoptions = [Adopted(DAY_1, [PLANNED]), Adopted(DAY_2, []), Adopted(DAY_3, [PLANNED]), Adopted(DAY_4, [PLANNED])]

    assert known_spans(adoptions, COLUMNS) == [
        {**PLANNED, "known_from_at": DAY_1, "known_to_at": DAY_2},
        {**PLANNED, "known_from_at": DAY_3, "known_to_at": None},
    ]


def test_a_column_outside_the_contract_does_not_split_a_row():
    moved = [Adopted(DAY_1, [{**PLANNED, "source_line": 2}]), Adopted(DAY_2, [{**PLANNED, "source_line": 9}])]

    assert known_spans(moved, COLUMNS) == [{**PLANNED, "known_from_at": DAY_1, "known_to_at": None}]


def test_nothing_adopted_is_nothing_known():
    assert known_spans([], COLUMNS) == []


@pytest.mark.parametrize("second", [DAY_1, DAY_1 - timedelta(microseconds=1)])
def test_adoptions_out_of_order_are_refused(second: datetime):
    with pytest.raises(ValueError, match="in the order of their moments"):
        known_spans([Adopted(DAY_1, [PLANNED]), Adopted(second, [OTHER])], COLUMNS)


@given(st.lists(st.sets(st.integers(0, 5)), max_size=8))
def test_at_any_moment_exactly_the_folder_adopted_last_is_known(folders: list[set[int]]):
    adoptions = [
        Adopted(DAY_1 + timedelta(days=day), [{"code": code} for code in sorted(codes)])
        for day, codes in enumerate(folders)
    ]

    spans = known_spans(adoptions, ["code"])

    for adopted in adoptions:
        for at in (adopted.at, adopted.at + timedelta(hours=23)):
            known = [
                span["code"]
                for span in spans
                if span["known_from_at"] <= at and (span["known_to_at"] is None or at < span["known_to_at"])
            ]
            assert sorted(known) == [row["code"] for row in adopted.rows]
    assert all(span["known_from_at"] >= DAY_1 for span in spans)


@given(st.lists(st.sets(st.integers(0, 3)), max_size=8))
def test_spans_of_one_row_never_touch(folders: list[set[int]]):
    adoptions = [
        Adopted(DAY_1 + timedelta(days=day), [{"code": c} for c in codes]) for day, codes in enumerate(folders)
    ]

    for code in range(4):
        own = [span for span in known_spans(adoptions, ["code"]) if span["code"] == code]
        assert all(earlier["known_to_at"] < later["known_from_at"] for earlier, later in pairwise(own))
