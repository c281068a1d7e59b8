"""The reporting marts against a plain calculation from the rules, over illustrative years and made-up histories.

Here belong amounts and counts. Not here: which row stands when (``test_history``), flags and names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from sources.many_years.story import YEARS
from tests import history_reports as reports
from tests import history_shares as shares
from tests.histories import scenario_of
from tests.history_figures import ZERO
from tests.history_oracle import Known, Oracle
from tests.history_plan import year_key
from tests.many_years import AFTERWARDS, as_scenario

SEEDS = [11, 12, 13, 14]
BRIDGE = {
    "baseline": "baseline",
    "delivered": "delivered",
    "on track": "on_track",
    "deferred": "deferred",
    "undeliverable": "undeliverable",
    "unexplained": "unexplained",
    "not reported": "not_reported",
    "over-achieved": "over_achieved",
    "mitigated": "mitigated",
}


@dataclass(frozen=True)
class Warehouse:
    """A build, and of some reporting years what it has to show now.

    Attributes:
        connection: Reads the build.
        known: The plain calculation, years apart from each other.
    """

    connection: duckdb.DuckDBPyConnection
    known: tuple[Known, ...]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def expected(self, report: Any) -> dict[Any, Any]:
        """Return what a report has to show of all years."""
        return {key: value for known in self.known for key, value in report(known).items()}


@pytest.fixture(scope="module", params=["three years", "made up"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("warehouse")
    if request.param == "three years":
        scenario, end = as_scenario(folder, 3), AFTERWARDS.replace(tzinfo=None)
        years_of: list[tuple[str, ...]] = [YEARS]
    else:
        scenario, blocks = scenario_of(SEEDS)
        end, years_of = max(block.moments[-1] for block in blocks), [block.years for block in blocks]
    raw, reference = scenario.raw_tables(), scenario.reference_tables()
    known = tuple(Oracle.of(raw, reference, years).known_at(end) for years in years_of)
    (folder / "build").mkdir()
    with scenario.build(folder / "build") as connection:
        yield Warehouse(connection, known)


def test_the_deferral_matrix_is_the_plain_calculation(warehouse: Warehouse):
    found = warehouse.rows("""
        select period_key, plan_year, delivery_year, directorate_code, amount_gbp, line_count, deferred_twice_count
        from marts.rpt_deferral_matrix
    """)
    expected = warehouse.expected(reports.deferral_matrix)
    assert {(p, y, year_key(d), c): tuple(amounts) for p, y, d, c, *amounts in found} == expected
    assert any(twice for _, _, twice in expected.values())


def test_the_trajectory_is_the_plain_calculation(warehouse: Warehouse):
    found = warehouse.rows("""
        select
            plan_year, period_key, directorate_code,
            counted_projected_gbp, achieved_to_date_gbp, original_baseline_gbp, baseline_gbp
        from marts.rpt_forecast_trajectory
        where reporting_period <> 'P00' and counted_projected_gbp is not null
    """)
    assert {row[:3]: row[3:] for row in found if any(row[3:])} == {
        key: amounts for key, amounts in warehouse.expected(reports.trajectory).items() if any(amounts)
    }


def test_the_rag_summary_is_the_plain_calculation(warehouse: Warehouse):
    found = warehouse.rows("""
        select period_key, directorate_code, rag_derived, sum(line_count), sum(amount_gbp), sum(mismatch_count)
        from marts.rpt_rag_summary
        group by period_key, directorate_code, rag_derived
        having sum(line_count) > 0
    """)
    assert {row[:3]: row[3:] for row in found} == warehouse.expected(reports.rag_summary)


def test_the_bridge_is_the_plain_calculation_and_its_steps_add_up(warehouse: Warehouse):
    found: dict[Any, dict[str, Decimal]] = {}
    for *key, step, amount in warehouse.rows("""
        select plan_year, period_key, directorate_code, step, amount_gbp
        from marts.rpt_savings_bridge
        where not is_total
    """):
        found.setdefault(tuple(key), {})[BRIDGE[step]] = amount or ZERO
    expected = warehouse.expected(reports.bridge)
    assert {key: {step: steps[step] for step in BRIDGE.values()} for key, steps in expected.items()} == found
    for steps in found.values():
        assert steps["baseline"] == sum((steps[step] for step in list(BRIDGE.values())[1:7]), ZERO)


def test_forecast_accuracy_is_the_plain_calculation(warehouse: Warehouse):
    found = {
        tuple(key): (reports.Accuracy(forecast, outturn, error, lines, excluded), bias, mean)
        for *key, forecast, outturn, error, lines, excluded, bias, mean in warehouse.rows("""
            select
                plan_year, period_key, directorate_code, forecast_gbp, outturn_gbp, absolute_error_gbp,
                line_count, excluded_count, bias, mean_absolute_error
            from marts.rpt_forecast_accuracy
        """)
    }
    expected = warehouse.expected(reports.accuracy)
    assert {key: accuracy for key, (accuracy, _, _) in found.items()} == expected
    for accuracy, bias, mean in found.values():
        _assert_near(bias, accuracy.bias)
        _assert_near(mean, accuracy.mean_absolute_error)


def _assert_near(found: Decimal | None, expected: Decimal | None) -> None:
    """Assert that a ratio is right to its six decimals."""
    if expected is None or found is None:
        assert found is expected
    else:
        assert abs(found - expected) <= Decimal("0.0000005")


def test_the_effect_profile_is_the_plain_calculation(warehouse: Warehouse):
    known = max(warehouse.known, key=reports.latest_period)
    found = warehouse.rows("""
        select saving_ref, plan_year, effect_year, increment_gbp, in_year_effect_gbp
        from marts.rpt_effect_profile
    """)
    expected = shares.effect_profile(known, known)
    assert {((ref, plan), year_key(year)): tuple(amounts) for ref, plan, year, *amounts in found} == expected
    assert expected
