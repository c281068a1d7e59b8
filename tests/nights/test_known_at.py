"""As known at t is what a build at t would have shown (R40): the ledger is cut at t, built and compared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from tests.documented import HISTORY, asked_of, queries
from tests.histories import scenario_of

# Each is a history of sixteen events in years of its own.
SEEDS = [1, 2, 3]

# The documented query: at t, a row is known from its valid_from_at until its valid_to_at.
KNOWN_AT = "valid_from_at <= $t and (valid_to_at is null or $t < valid_to_at)"
POSITIONS = f"""
    select
        line.saving_ref, line.plan_year, directorate.directorate_code, submission.submission_id,
        fact.period_key, fact.span_no, fact.is_carried_forward, fact.carried_from_period_key, fact.times_deferred,
        fact.source_sheet, fact.source_row, fact.row_hash, fact.valid_from_at,
        columns('(_gbp|_cell)$')
    from marts.fct_savings_position as fact
    inner join marts.dim_saving_line as line using (saving_line_key)
    inner join marts.dim_directorate as directorate using (directorate_key)
    inner join marts.dim_submission as submission using (submission_key)
    where {KNOWN_AT}
"""  # noqa: S608 - constants
COVERAGES = f"""
    select
        directorate.directorate_code, fact.plan_year_key, fact.period_key, fact.span_no, fact.coverage,
        submission.submission_id, fact.plan_baseline_gbp, fact.not_reported_count, fact.not_reported_gbp,
        fact.is_incomplete, fact.valid_from_at
    from marts.fct_return_coverage as fact
    inner join marts.dim_directorate as directorate using (directorate_key)
    left join marts.dim_submission as submission using (submission_key)
    where {KNOWN_AT}
"""  # noqa: S608 - constants
# Summed over delivery years: how PROJECTED is spread over them follows the closes in force now.
ALLOCATIONS = f"""
    select
        line.saving_ref, line.plan_year, submission.submission_id, fact.period_key, fact.span_no, fact.bucket,
        sum(fact.amount_gbp) as amount_gbp
    from marts.fct_savings_allocation as fact
    inner join marts.dim_saving_line as line using (saving_line_key)
    inner join marts.dim_submission as submission using (submission_key)
    where {KNOWN_AT}
    group by all
    having sum(fact.amount_gbp) <> 0
"""  # noqa: S608 - constants
PLAN_CHANGES = f"""
    select
        fact.change_ref, fact.change_type, fact.saving_ref, fact.plan_year_key, directorate.directorate_code,
        fact.amount_gbp, fact.effective_period_key, fact.decision_ref, fact.span_no, fact.valid_from_at
    from marts.fct_plan_change as fact
    inner join marts.dim_directorate as directorate using (directorate_key)
    where {KNOWN_AT}
"""  # noqa: S608 - constants

Rows = set[tuple[Any, ...]]


def known_at(connection: duckdb.DuckDBPyConnection, moment: datetime) -> dict[str, Rows]:
    queries = {
        "positions": POSITIONS,
        "coverages": COVERAGES,
        "allocations": ALLOCATIONS,
        "plan changes": PLAN_CHANGES,
    }
    return {name: set(connection.execute(sql, {"t": moment}).fetchall()) for name, sql in queries.items()}


def table_1_known_at(connection: duckdb.DuckDBPyConnection, moment: datetime, periods: set[int]) -> Rows:
    """Return Table 1 of some periods as the documentation has it be read at a moment (its total follows)."""
    query = queries(HISTORY)["As known at: Table 1"]
    return {
        (period, *row)
        for period in periods
        for row in connection.execute(asked_of(query, period_key=period, moment=moment)).fetchall()
    }


def table_1(connection: duckdb.DuckDBPyConnection) -> Rows:
    """Return Table 1 as a build shows it, but for what is only brought forward, which follows the closes of now."""
    return set(
        connection.execute("""
            select
                period_key, plan_year, directorate_code, baseline_gbp, projected_gbp, deferred_gbp, undeliverable_gbp,
                unexplained_gbp, not_reported_gbp
            from marts.rpt_cabinet_table_1 as shown
            where not is_total and exists (
                select *
                from marts.fct_return_coverage as coverage
                inner join marts.dim_directorate as directorate using (directorate_key)
                where
                    coverage.is_current
                    and directorate.directorate_code = shown.directorate_code
                    and coverage.plan_year_key = cast(substr(shown.plan_year, 1, 4) as int)
                    and coverage.period_key = shown.period_key
            )
        """).fetchall()
    )


def test_what_was_known_at_a_moment_is_what_a_build_at_that_moment_shows():
    scenario, blocks = scenario_of(SEEDS)
    middles = [block.moments[len(block.moments) * 2 // 3] for block in blocks]

    with scenario.work_out() as whole:
        for moment in middles[1:]:
            with scenario.cut(moment).work_out() as cut:
                built_then = known_at(cut, moment)
                table_built_then = table_1(cut)
            assert known_at(whole, moment) == built_then
            periods = {period for period, *_ in table_built_then}
            assert table_1_known_at(whole, moment, periods) == table_built_then
            assert len(periods) > 5
            assert len(built_then["positions"]) > 20
            assert built_then["plan changes"]
