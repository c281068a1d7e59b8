"""The helper that declares scenarios says what it seems to say."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from dbt_project.raw_contract import RAW_TABLES, REFERENCE_TABLES
from sources.reference.reference import bundled_reference, read_reference
from tests.scenarios import FIRST_ADOPTION, FIRST_RECEIPT, Scenario, line

DAY = timedelta(days=1)


def column(table: pa.Table, *names: str) -> list[Any]:
    return [tuple(row[name] for name in names) for row in table.to_pylist()]


def test_an_empty_scenario_fills_every_table_of_the_contract():
    scenario = Scenario()

    assert {name: table.schema for name, table in scenario.raw_tables().items()} == RAW_TABLES
    assert {name: table.schema for name, table in scenario.reference_tables().items()} == REFERENCE_TABLES


def test_the_plan_lists_what_was_sent_with_the_baseline_first_sent():
    scenario = Scenario()
    scenario.send(
        "AH", "2021/22", "P06", [line("AH-21-001", 100, 60), line("AH-21-009", 0, 5, replaces_ref="AH-21-001")]
    )
    scenario.send("AH", "2021/22", "P07", [line("AH-21-001", 90, 60)])
    plan = scenario.reference_tables()["approved_plan"]

    assert column(plan, "saving_ref", "plan_year", "directorate_code", "is_cashable", "baseline_gbp") == [
        ("AH-21-001", "2021/22", "AH", True, Decimal("100.00"))
    ]


def test_versions_count_what_was_read_for_the_same_directorate_and_period():
    scenario = Scenario()
    for directorate, period, state in (
        ("AH", "P06", "blocked"),
        ("AH", "P06", "refused"),
        ("AH", "P06", "accepted"),
        ("AH", "P07", "accepted"),
        ("CH", "P06", "accepted"),
    ):
        scenario.send(directorate, "2021/22", period, state=state)

    assert column(scenario.raw_tables()["submission"], "version_no", "return_type", "accepted_at") == [
        (1, "Initial", None),
        (None, "Resubmission", None),
        (2, "Resubmission", FIRST_RECEIPT + 2 * DAY),
        (1, "Initial", FIRST_RECEIPT + 3 * DAY),
        (1, "Initial", FIRST_RECEIPT + 4 * DAY),
    ]


def test_only_accepted_and_withdrawn_returns_bring_lines():
    scenario = Scenario()
    accepted = scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60)])
    withdrawn = scenario.send(
        "CH", "2021/22", "P06", [line("CH-21-001", 100, 60)], withdrawn_at=FIRST_RECEIPT + 5 * DAY
    )
    scenario.send("PL", "2021/22", "P06", [line("PL-21-001", 100, 60)], state="held")

    assert column(scenario.raw_tables()["savings_line"], "submission_id") == [(accepted,), (withdrawn,)]


def test_control_totals_are_those_of_the_rows_as_entered():
    scenario = Scenario()
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", "100.50", 60), line("AH-21-002", 1, None, deferred="N/A")])

    assert column(
        scenario.raw_tables()["submission"], "control_row_count", "control_baseline_gbp", "control_projected_gbp"
    ) == [(2, Decimal("101.50"), Decimal("60.00"))]


def test_a_later_adoption_replaces_and_adds_from_its_moment_on():
    adopted_at = FIRST_RECEIPT + 30 * DAY
    scenario = Scenario(expected_return=[{"directorate_code": "AH"}])
    scenario.adopt(adopted_at, expected_return=[])
    scenario.add("decision", {"decision_ref": "DEC-1"})
    reference = scenario.reference_tables()

    assert column(reference["expected_return"], "directorate_code", "known_from_at", "known_to_at") == [
        ("AH", FIRST_ADOPTION, adopted_at)
    ]
    assert column(reference["decision"], "decision_ref", "known_from_at", "known_to_at") == [
        ("DEC-1", adopted_at, None)
    ]
    assert set(column(reference["directorate"], "known_from_at", "known_to_at")) == {(FIRST_ADOPTION, None)}


def test_the_bundled_reference_folder_can_take_the_place_of_the_small_one():
    bundled = read_reference(bundled_reference()).tables
    reference = Scenario(**bundled).reference_tables()

    assert column(reference["fund"], "approved_gbp") == [(row["approved_gbp"],) for row in bundled["fund"]]
    assert len(reference["approved_plan"]) == len(bundled["approved_plan"]) > 0


def test_a_cut_forgets_what_came_later():
    scenario = Scenario()
    first = scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60)], withdrawn_at=FIRST_RECEIPT + 2 * DAY)
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 70)])
    scenario.adopt(FIRST_RECEIPT + 3 * DAY, theme=[])
    cut = scenario.cut(FIRST_RECEIPT + timedelta(hours=1))

    assert column(cut.raw_tables()["submission"], "submission_id", "state", "withdrawn_at") == [
        (first, "accepted", None)
    ]
    assert column(cut.raw_tables()["savings_line"], "projected_gbp") == [(Decimal("60.00"),)]
    assert column(cut.reference_tables()["approved_plan"], "saving_ref") == [("AH-21-001",)]


def test_a_column_that_does_not_exist_is_refused():
    scenario = Scenario()
    scenario.send("AH", "2021/22", "P06", [line("AH-21-001", 100, 60, colour="Red")])

    with pytest.raises(ValueError, match="colour"):
        scenario.raw_tables()
    with pytest.raises(ValueError, match="size"):
        scenario.add("theme", {"size": 1})
