"""The plan in force at a period: approved lines with finance's changes (R33, R34, R24)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reference.plan import Plan, PlanLine
from sources.reference.reference import read_reference
from tests.reference_folder import add_rows, copy_of_bundled, problems_of

YEAR = "2021/22"
HEADER = (
    "change_ref,saving_ref,plan_year,change_type,amount_gbp,directorate_code,is_cashable,counterpart_ref,"
    "effective_year,effective_period,decision_ref"
)


def with_changes(tmp_path: Path, *rows: str) -> Path:
    """Return a folder with decision D-1 and these plan changes."""
    folder = copy_of_bundled(tmp_path)
    assert (folder / "plan_change.csv").read_text(encoding="utf-8") == f"{HEADER}\n"
    add_rows(folder, "decision", ["D-1,Cabinet,2021-10-05,Changes to the plan"])
    add_rows(folder, "plan_change", rows)
    return folder


def baseline(plan_line: PlanLine | None) -> Decimal:
    assert plan_line is not None
    return plan_line.baseline_gbp


def test_the_bundled_plan_adds_up_to_table_1(tmp_path: Path) -> None:
    reference = read_reference(copy_of_bundled(tmp_path))
    totals = {
        code: sum(line.baseline_gbp for line in reference.plan_lines(code, YEAR, "P06"))
        for code in ("AH", "CH", "PL", "CO")
    }
    assert totals == {"AH": Decimal(6582000), "CH": Decimal(1870000), "PL": Decimal(2393000), "CO": 0}
    assert sum(totals.values()) == Decimal(10845000)


def test_a_line_that_the_plan_does_not_list_is_none(tmp_path: Path) -> None:
    reference = read_reference(copy_of_bundled(tmp_path))
    assert reference.plan_in_force("AH-21-099", YEAR, YEAR, "P06") is None
    assert reference.plan_in_force("AH-21-001", "2022/23", YEAR, "P06") is None


def test_a_change_counts_from_its_period_on_and_the_original_baseline_stays(tmp_path: Path) -> None:
    folder = with_changes(
        tmp_path,
        "X1,AH-21-001,2021/22,Reduce,-412600,,,,2021/22,P07,D-1",
        "X2,AH-21-001,2021/22,Increase,0.01,,,,2022/23,P01,D-1",
    )
    reference = read_reference(folder)
    states = {
        moment: reference.plan_in_force("AH-21-001", YEAR, *moment)
        for moment in ((YEAR, "P06"), (YEAR, "P07"), (YEAR, "P13"), ("2022/23", "P01"))
    }
    assert [baseline(line) for line in states.values()] == [
        Decimal("2412600.00"),
        Decimal("2000000.00"),
        Decimal("2000000.00"),
        Decimal("2000000.01"),
    ]
    assert {line.original_baseline_gbp for line in states.values() if line} == {Decimal("2412600.00")}


def test_a_new_line_is_registered_from_its_period_on_with_original_baseline_0(tmp_path: Path) -> None:
    folder = with_changes(tmp_path, "X1,AH-21-099,2021/22,New,80000,AH,false,,2021/22,P07,D-1")
    reference = read_reference(folder)
    assert reference.plan_in_force("AH-21-099", YEAR, YEAR, "P06") is None
    assert reference.plan_in_force("AH-21-099", YEAR, YEAR, "P07") == PlanLine(
        "AH-21-099", YEAR, "AH", False, Decimal("80000.00"), Decimal("0.00")
    )
    assert len(reference.plan_lines("AH", YEAR, "P07")) == len(reference.plan_lines("AH", YEAR, "P06")) + 1


def test_a_deleted_line_is_gone_from_its_period_on(tmp_path: Path) -> None:
    folder = with_changes(tmp_path, "X1,AH-21-003,2021/22,Delete,-300000,,,,2021/22,P09,D-1")
    reference = read_reference(folder)
    assert baseline(reference.plan_in_force("AH-21-003", YEAR, YEAR, "P08")) == 300000
    assert reference.plan_in_force("AH-21-003", YEAR, YEAR, "P09") is None
    assert "AH-21-003" not in {line.saving_ref for line in reference.plan_lines("AH", YEAR, "P09")}


def test_a_moved_line_keeps_reference_and_baseline_and_only_the_receiver_may_send_it(tmp_path: Path) -> None:
    folder = with_changes(tmp_path, "X1,AH-21-003,2021/22,Move,0,CO,,,2021/22,P09,D-1")
    reference = read_reference(folder)
    assert [line.saving_ref for line in reference.plan_lines("CO", YEAR, "P08")] == []
    assert reference.plan_lines("CO", YEAR, "P09") == [
        PlanLine("AH-21-003", YEAR, "CO", True, Decimal("300000.00"), Decimal("300000.00"))
    ]
    assert "AH-21-003" not in {line.saving_ref for line in reference.plan_lines("AH", YEAR, "P09")}


def test_a_transfer_moves_pounds_and_the_council_keeps_its_total(tmp_path: Path) -> None:
    folder = with_changes(
        tmp_path,
        "X1,CO-21-001,2021/22,New,0,CO,true,,2021/22,P07,D-1",
        "X2,AH-21-001,2021/22,Transfer,-250000,,,CO-21-001,2021/22,P07,D-1",
        "X2,CO-21-001,2021/22,Transfer,250000,,,AH-21-001,2021/22,P07,D-1",
    )
    reference = read_reference(folder)
    totals = {
        period: [sum(line.baseline_gbp for line in reference.plan_lines(code, YEAR, period)) for code in ("AH", "CO")]
        for period in ("P06", "P07")
    }
    assert totals == {"P06": [6582000, 0], "P07": [6332000, 250000]}


def test_of_two_moves_in_a_period_the_later_reference_counts(tmp_path: Path) -> None:
    folder = with_changes(
        tmp_path,
        "X2,AH-21-003,2021/22,Move,0,PL,,,2021/22,P07,D-1",
        "X1,AH-21-003,2021/22,Move,0,CO,,,2021/22,P07,D-1",
    )
    assert "AH-21-003" in {line.saving_ref for line in read_reference(folder).plan_lines("PL", YEAR, "P07")}


def test_new_comes_first_within_a_period_wherever_the_row_stands(tmp_path: Path) -> None:
    folder = with_changes(
        tmp_path,
        "X2,AH-21-099,2021/22,Increase,20,,,,2021/22,P07,D-1",
        "X1,AH-21-099,2021/22,New,100,AH,true,,2021/22,P07,D-1",
    )
    assert baseline(read_reference(folder).plan_in_force("AH-21-099", YEAR, YEAR, "P07")) == 120


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [
        (["X1,AH-21-099,2021/22,Reduce,-1,,,,2021/22,P07,D-1"], "saving_ref", "is not in the plan by then"),
        (["X1,AH-21-003,2022/23,Reduce,-1,,,,2022/23,P07,D-1"], "saving_ref", "is not in the plan by then"),
        (["X1,AH-21-003,2021/22,New,1,AH,true,,2021/22,P07,D-1"], "saving_ref", "was in the plan before"),
        (["X1,AH-21-099,2021/22,New,1,,true,,2021/22,P07,D-1"], "directorate_code", "a New line needs it"),
        (["X1,AH-21-099,2021/22,New,1,AH,,,2021/22,P07,D-1"], "is_cashable", "a New line needs it"),
        (["X1,AH-21-099,2021/22,New,-1,AH,true,,2021/22,P07,D-1"], "amount_gbp", "-1.00 is negative"),
        (["X1,AH-21-099,2021/22,New,1,ZZ,true,,2021/22,P07,D-1"], "directorate_code", "'ZZ' is not in directorate.csv"),
        (["X1,AH-21-003,2021/22,Increase,-1,,,,2021/22,P07,D-1"], "amount_gbp", "-1.00 does not fit Increase"),
        (["X1,AH-21-003,2021/22,Reduce,1,,,,2021/22,P07,D-1"], "amount_gbp", "1.00 does not fit Reduce"),
        (["X1,AH-21-003,2021/22,Reduce,-300001,,,,2021/22,P07,D-1"], "amount_gbp", "leaves a baseline below 0"),
        (["X1,AH-21-003,2021/22,Delete,-299999,,,,2021/22,P07,D-1"], "amount_gbp", "is not minus the whole baseline"),
        (["X1,AH-21-003,2021/22,Move,0,,,,2021/22,P07,D-1"], "directorate_code", "a Move names the receiver"),
        (["X1,AH-21-003,2021/22,Move,5,CO,,,2021/22,P07,D-1"], "amount_gbp", "is not 0"),
        (["X1,AH-21-003,2021/22,Double,5,,,,2021/22,P07,D-1"], "change_type", "'Double' is no kind of change"),
        (["X1,AH-21-003,2021/22,Reduce,-1,,,,2021/22,P07,D-2"], "decision_ref", "'D-2' is not in decision.csv"),
        (["X1,AH-21-003,2021/22,Transfer,-1,,,AH-21-001,2021/22,P07,D-1"], "amount_gbp", "adds to -1.00 and not to 0"),
        (
            [
                "X1,AH-21-003,2021/22,Delete,-300000,,,,2021/22,P07,D-1",
                "X2,AH-21-003,2021/22,New,1,AH,true,,2021/22,P08,D-1",
            ],
            "saving_ref",
            "was in the plan before",
        ),
        (
            [
                "X1,AH-21-001,2021/22,Transfer,-2,,,PL-21-001,2021/22,P07,D-1",
                "X1,PL-21-001,2021/22,Transfer,2,,,AH-21-001,2021/22,P08,D-1",
            ],
            "amount_gbp",
            "transfer X1 (2021/22, 2021/22, P08) adds to 2.00 and not to 0",
        ),
        (
            [
                "X1,AH-21-001,2021/22,Transfer,-2,,,PL-21-001,2021/22,P07,D-1",
                "X1,PL-21-001,2021/22,Transfer,2,,,,2021/22,P07,D-1",
            ],
            "counterpart_ref",
            "'' is not the other side of transfer X1",
        ),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_and_named(
    tmp_path: Path, rows: list[str], column: str, said: str
) -> None:
    problems = problems_of(with_changes(tmp_path, *rows))
    told = [
        problem
        for problem in problems
        if (problem.file, problem.line, problem.column) == ("plan_change.csv", len(rows) + 1, column)
        and said in problem.what
    ]
    assert len(told) == 1


_MOMENTS = [(year, f"P{number:02d}") for year in ("2021/22", "2022/23") for number in range(1, 14)]


@given(
    amounts=st.lists(st.integers(min_value=-500, max_value=500).filter(bool), max_size=12),
    moments=st.lists(st.sampled_from(_MOMENTS), min_size=12, max_size=12),
    asked=st.sampled_from(_MOMENTS),
)
def test_a_baseline_is_the_approved_one_and_every_change_effective_by_then(
    amounts: list[int], moments: list[tuple[str, str]], asked: tuple[str, str]
) -> None:
    approved = [
        {
            "saving_ref": "AH-21-001",
            "plan_year": YEAR,
            "directorate_code": "AH",
            "is_cashable": True,
            "baseline_gbp": Decimal(10000),
        }
    ]
    changes = [
        {
            "change_ref": f"X{number}",
            "saving_ref": "AH-21-001",
            "plan_year": YEAR,
            "change_type": "Increase" if amount > 0 else "Reduce",
            "amount_gbp": Decimal(amount),
            "effective_year": moment[0],
            "effective_period": moment[1],
        }
        for number, (amount, moment) in enumerate(zip(amounts, moments, strict=False), start=2)
    ]
    plan = Plan(approved, changes)
    expected = 10000 + sum(amount for amount, moment in zip(amounts, moments, strict=False) if moment <= asked)
    assert plan.misfits == []
    assert baseline(plan.line("AH-21-001", YEAR, *asked)) == expected
