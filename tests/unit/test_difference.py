"""What two releases differ in: every penny, what only one of them has included, each with its cause (ruling G5)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.difference import MEASURES, NOT_REPORTED, movements
from tests.histories import scenario_of
from tests.history_changes import amounts_in
from tests.history_oracle import Known, Oracle
from tests.models_in_memory import Models, macros_returning
from tests.pair_cases import FEW
from tests.scenarios import Scenario, line

READ = (
    "fct_savings_position",
    "fct_return_coverage",
    "dim_saving_line",
    "dim_financial_year",
    "dim_directorate",
    "dim_submission",
)
LATER = datetime(2022, 3, 1)  # noqa: DTZ001 - as in the candidate: UTC without zone


def database(folder: Path, scenario: Scenario, name: str) -> Path:
    """Return a database with what is read of a release."""
    path = folder / name / "savings.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    Models(scenario.raw_tables(), scenario.reference_tables(), path).publish(*READ)
    return path


def differences(folder: Path, before: Scenario, after: Scenario) -> list[dict[str, Any]]:
    """Return what the later of two releases differs in."""
    return movements(database(folder, before, "before"), database(folder, after, "after")).to_pylist()


def known(scenario: Scenario, years: tuple[str, ...], at: datetime) -> Known:
    return Oracle.of(scenario.raw_tables(), scenario.reference_tables(), years).known_at(at)


def all_amounts(known: Known) -> dict[tuple[Any, ...], Decimal]:
    """Return every amount that is not 0, by reference, plan year, directorate, measure and period."""
    amounts = {
        (*saving, under, measure, period): amount
        for period in known.open_periods
        for (saving, under), row in amounts_in(known, period).items()
        for measure, amount in row.items()
    }
    amounts |= {
        (None, plan_year, directorate, NOT_REPORTED, period): coverage.not_reported
        for (directorate, plan_year, period), coverage in known.coverage().items()
    }
    return {key: amount for key, amount in amounts.items() if amount}


@settings(FEW, max_examples=5)
@given(st.integers(0, 2**32), st.data())
def test_two_releases_differ_by_every_penny_between_them(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    """Ruling G5: a year's returns late, sent again, withdrawn and moved; the earlier release at any moment of it."""
    scenario, (block,) = scenario_of([seed])
    at, end = data.draw(st.sampled_from(block.moments)), block.moments[-1]
    then, now = (all_amounts(known(scenario, block.years, moment)) for moment in (at, end))

    found: dict[tuple[Any, ...], Decimal] = {}
    periods = sorted({key[-1] for key in (*then, *now)})
    for row in differences(tmp_path_factory.mktemp("releases"), scenario.cut(at), scenario):
        for period in periods:
            if row["from_period_key"] <= period <= row["to_period_key"]:
                key = (row["saving_ref"], row["plan_year"], row["directorate_code"], row["measure"], period)
                assert key not in found, "two rows have one amount"
                found[key] = row["difference_gbp"]

    expected = {key: now.get(key, Decimal(0)) - then.get(key, Decimal(0)) for key in then.keys() | now.keys()}
    assert found == {key: difference for key, difference in expected.items() if difference}


def sent(*lines: Any, period: str = "P06", **reference: Any) -> Scenario:
    scenario = Scenario(**reference)
    scenario.send("AH", "2021/22", period, list(lines))
    return scenario


PLANNED = {"saving_ref": "AH-21-001", "plan_year": "2021/22", "directorate_code": "AH", "baseline_gbp": 100}
USUAL = line("AH-21-001", 100, 60, deferred=40)
CHANGE = {"change_ref": "C1", "saving_ref": "AH-21-001", "plan_year": "2021/22", "amount_gbp": 0}
EFFECTIVE = {"effective_year": "2021/22", "effective_period": "P06", "decision_ref": "CAB-1"}


def causes(rows: list[dict[str, Any]], measure: str) -> dict[str, tuple[Any, ...]]:
    """Return of one measure by directorate: difference, cause, decision."""
    return {
        row["directorate_code"]: (row["difference_gbp"], row["cause"], row["decision_ref"])
        for row in rows
        if row["measure"] == measure
    }


def test_a_line_that_moved_leaves_one_directorate_and_comes_to_the_other(tmp_path: Path) -> None:
    before, after = sent(USUAL, approved_plan=[PLANNED]), sent(USUAL, approved_plan=[PLANNED])
    after.adopt(LATER, plan_change=[{**CHANGE, "change_type": "Move", "directorate_code": "CO", **EFFECTIVE}])
    assert causes(differences(tmp_path, before, after), "baseline_gbp") == {
        "AH": (Decimal(-100), "moved", None),
        "CO": (Decimal(100), "moved", None),
    }


def test_pounds_that_a_recorded_decision_writes_off_name_it(tmp_path: Path) -> None:
    written_off = line("AH-21-001", 100, 60, undeliverable=40, decision_ref="CAB-7")
    before, after = sent(written_off), sent(written_off)
    after.adopt(LATER, decision=[{"decision_ref": "CAB-7", "body": "Cabinet", "title": "Written off"}])
    rows = differences(tmp_path, before, after)
    assert causes(rows, "decided_undeliverable_gbp") == {"AH": (Decimal(40), "decision", "CAB-7")}
    assert causes(rows, "unexplained_gbp") == {"AH": (Decimal(-40), "decision", "CAB-7")}


def test_a_quarantined_line_comes_in_by_a_change_of_the_plan(tmp_path: Path) -> None:
    other = line("AH-21-099", 50, 50)
    before, after = (sent(USUAL, other, approved_plan=[PLANNED]) for _ in range(2))
    after.adopt(LATER, approved_plan=[PLANNED, PLANNED | {"saving_ref": "AH-21-099", "baseline_gbp": 50}])
    rows = differences(tmp_path, before, after)
    # In the open periods before, of which no return says anything, it is not reported.
    assert {
        (row["saving_ref"], row["measure"]) for row in rows if row["measure"] in ("baseline_gbp", NOT_REPORTED)
    } == {
        ("AH-21-099", "baseline_gbp"),
        (None, NOT_REPORTED),
    }
    assert {row["cause"] for row in rows} == {"plan change"}


def test_a_later_return_is_restated_or_its_own_figure(tmp_path: Path) -> None:
    for return_type, cause in (("Restatement", "restated"), ("Resubmission", "own figure")):
        before, after = sent(USUAL), sent(USUAL)
        again = after.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 70, deferred=30)], return_type=return_type)
        rows = differences(tmp_path, before, after)
        assert causes(rows, "counted_projected_gbp") == {"AH": (Decimal(10), cause, None)}
        assert {row["submission_id"] for row in rows} == {again}


def test_a_period_that_only_one_has_is_in_it_with_what_is_carried_into_it(tmp_path: Path) -> None:
    before, after = sent(USUAL), sent(USUAL)
    after.send("PL", "2021/22", "P08", [line("PL-21-001", 30, 30)])
    rows = differences(tmp_path, before, after)
    assert [
        (row["directorate_code"], row["from_period_key"], row["to_period_key"], row["period_count"], row["cause"])
        for row in rows
        if row["measure"] == "baseline_gbp"
    ] == [("AH", 202107, 202108, 2, "carried"), ("PL", 202108, 202108, 1, "own figure")]


def test_two_releases_of_the_same_figures_differ_in_nothing(tmp_path: Path) -> None:
    assert differences(tmp_path, sent(USUAL), sent(USUAL)) == []


def test_releases_and_periods_are_compared_by_the_same_measures() -> None:
    assert list(MEASURES) == macros_returning("position_measures")
