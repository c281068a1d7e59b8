"""The reporting marts against the plain calculation, over three illustrative years as typed rows.

Here belong amounts and counts. Not here: made-up histories and the marts' other columns
(``test_products``), and which row stands when (``test_history``).
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from sources.samples.many_years.story import YEARS
from tests import history_forecasts as forecasts
from tests import history_reports as reports
from tests import history_shares as shares
from tests.history_figures import ZERO
from tests.history_oracle import Known, Oracle
from tests.history_plan import year_key
from tests.many_years import END, as_scenario
from tests.scenarios import Scenario

SEED = 3


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return as_scenario(tmp_path_factory.mktemp("reference"), SEED)


@pytest.fixture(scope="module")
def warehouse(scenario: Scenario) -> Iterator[duckdb.DuckDBPyConnection]:
    with scenario.work_out() as connection:
        yield connection


@pytest.fixture(scope="module")
def now(scenario: Scenario) -> Known:
    oracle = Oracle.of(scenario.raw_tables(), scenario.reference_tables(), YEARS)
    return oracle.known_at(END)


def test_the_deferral_matrix_is_the_plain_calculation(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = warehouse.sql("""
        select period_key, plan_year, delivery_year, directorate_code, amount_gbp, line_count, deferred_twice_count
        from marts.rpt_deferral_matrix
    """).fetchall()
    expected = reports.deferral_matrix(now)
    assert {(p, y, year_key(d), c): tuple(amounts) for p, y, d, c, *amounts in found} == expected
    assert any(twice for _, _, twice in expected.values())


def test_the_trajectory_is_the_plain_calculation(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = warehouse.sql("""
        select
            plan_year, period_key, directorate_code,
            counted_projected_gbp, achieved_to_date_gbp, original_baseline_gbp, baseline_gbp
        from marts.rpt_forecast_trajectory
    """).fetchall()
    assert {row[:3]: row[3:] for row in found} == reports.trajectory(now)


def test_the_rag_summary_is_the_plain_calculation(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = warehouse.sql("""
        select period_key, directorate_code, rag_derived, sum(line_count), sum(amount_gbp), sum(mismatch_count)
        from marts.rpt_rag_summary
        group by period_key, directorate_code, rag_derived
        having sum(line_count) > 0
    """).fetchall()
    assert {row[:3]: row[3:] for row in found} == reports.rags_derived(now)


def test_the_bridge_is_the_plain_calculation_and_its_steps_add_up(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = warehouse.sql("""
        select plan_year, period_key, directorate_code, step, amount_gbp
        from marts.rpt_savings_bridge
    """).fetchall()
    assert {row[:4]: row[4] for row in found} == reports.bridge(now)
    for *place, step, amount in found:
        if step == "baseline":
            of_place = {other[3]: other[4] or ZERO for other in found if list(other[:3]) == place}
            assert amount == sum((of_place[each] for each in reports.STEPS[1:7]), ZERO)


def test_forecast_accuracy_is_the_plain_calculation(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = {
        tuple(key): (forecasts.Accuracy(forecast, outturn, error, lines, excluded), bias, mean)
        for *key, forecast, outturn, error, lines, excluded, bias, mean in warehouse.sql("""
            select
                plan_year, period_key, directorate_code, forecast_gbp, outturn_gbp, absolute_error_gbp,
                line_count, excluded_count, bias, mean_absolute_error
            from marts.rpt_forecast_accuracy
        """).fetchall()
    }
    assert found == {
        key: (accuracy, accuracy.bias, accuracy.mean_absolute_error)
        for key, accuracy in forecasts.accuracy(now).items()
    }


def test_the_effect_profile_is_the_plain_calculation(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = warehouse.sql("""
        select saving_ref, plan_year, effect_year, increment_gbp, in_year_effect_gbp
        from marts.rpt_effect_profile
    """).fetchall()
    expected = shares.effect_profile(now, now)
    assert {((ref, plan), year_key(year)): tuple(amounts) for ref, plan, year, *amounts in found} == expected
    assert len(expected) > 20


def test_fund_returns_are_the_plain_calculation(warehouse: duckdb.DuckDBPyConnection, now: Known):
    found = warehouse.sql("""
        select fund_ref, project_ref, committed_gbp, drawn_gbp, return_gbp, deferred_return_gbp, payback_months
        from marts.rpt_fund_return
    """).fetchall()
    assert {row[:2]: shares.FundReturn(*row[2:]) for row in found} == shares.fund_returns(now, now)


@pytest.mark.parametrize(("classification", "column"), [("theme", "theme_code"), ("workstream", "workstream_code")])
@pytest.mark.parametrize("period", [202106, 202209, 202313])
def test_shares_of_themes_and_workstreams_are_the_plain_calculation(
    warehouse: duckdb.DuckDBPyConnection, now: Known, classification: str, column: str, period: int
):
    found = warehouse.execute(
        f"""
        select {classification}_code, bucket, sum(share_gbp)
        from marts.rpt_{classification}_savings
        where period_key = $1
        group by {classification}_code, bucket
        having sum(share_gbp) <> 0
        """,  # noqa: S608 - our own words
        [period],
    ).fetchall()
    assert {row[:2]: row[2] for row in found} == shares.shares(now, now, column, period)
