"""What a build reads and compares grows with its lines: no model lets DuckDB compare every line with every other."""

from __future__ import annotations

import pytest

from tests.models_in_memory import Models, models_of
from tests.scenarios import Scenario, line

LINES = 1_000
PERIODS = ("P04", "P06", "P08")
# It meets each period of the calendar once; compared with every other line it would be a thousand rows and more.
ROWS_OF_A_LINE = 100
# Of some 130 models most ask of what others have made of a row, and few of the row: raise it knowingly, and lower it.
TIMES_SCANNED = 90


@pytest.fixture(scope="module")
def models() -> Models:
    """Two directorates that report many lines three times, half of them in place of others."""
    scenario = Scenario()
    for period in PERIODS:
        for directorate in ("AH", "PL"):
            refs = [f"{directorate}-21-{number}" for number in range(LINES // 4)]
            approved = [line(ref, 100, 60, deferred=30, undeliverable=10, decision_ref="CAB-1") for ref in refs]
            others = [line(f"{ref}-R", 0, 5, replaces_ref=ref) for ref in refs]
            scenario.send(directorate, "2021/22", period, [*approved, *others])
    return Models(scenario.raw_tables(), scenario.reference_tables())


# DuckDB's join of each row with each: it shows no rows but those that it keeps.
EACH_WITH_EACH = "BLOCKWISE_NL_JOIN"
# Five places of a list with the projects, of which there are few.
OF_FEW_ROWS = {"int_project_share"}


@pytest.mark.parametrize("model", models_of("intermediate", "marts"))
def test_a_model_has_in_hand_a_few_rows_of_each_line(models: Models, model: str) -> None:
    steps = models.steps(model)

    assert max(step.rows for step in steps) <= ROWS_OF_A_LINE * LINES
    assert EACH_WITH_EACH not in {step.name for step in steps} or model in OF_FEW_ROWS


def test_the_models_of_a_build_read_each_row_of_a_return_no_more_often_than_they_have_to(models: Models) -> None:
    scanned = sum(
        step.scanned for model in models_of("staging", "intermediate", "marts") for step in models.steps(model)
    )

    assert LINES < scanned <= TIMES_SCANNED * len(PERIODS) * LINES
