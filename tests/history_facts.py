"""The facts of a build, compared with what a plain calculation says was known at a moment.

Here belongs reading the facts with their spans, and comparing them. Not here: the calculation (``history_oracle``),
and the histories.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb

from tests.history_figures import Position
from tests.history_oracle import Coverage, Known

POSITIONS = """
    select
        line.saving_ref, line.plan_year, fact.period_key, directorate.directorate_code, submission.submission_id,
        fact.carried_from_period_key, fact.baseline_gbp, fact.original_baseline_gbp, fact.counted_projected_gbp,
        fact.decided_undeliverable_gbp, fact.unexplained_gbp, fact.over_achieved_gbp, fact.mitigated_gbp,
        fact.delivered_gbp, rag.code, fact.risk_weighted_gbp, fact.times_deferred,
        fact.valid_from_at, fact.valid_to_at
    from marts.fct_savings_position as fact
    inner join marts.dim_saving_line as line using (saving_line_key)
    inner join marts.dim_directorate as directorate using (directorate_key)
    inner join marts.dim_submission as submission using (submission_key)
    inner join marts.dim_rag as rag on fact.rag_derived_key = rag.rag_key
"""
ALLOCATIONS = """
    select
        line.saving_ref, line.plan_year, fact.period_key, fact.bucket, nullif(fact.delivery_year_key, 0),
        fact.amount_gbp, submission.submission_id, fact.is_carried_forward, fact.valid_from_at, fact.valid_to_at
    from marts.fct_savings_allocation as fact
    inner join marts.dim_saving_line as line using (saving_line_key)
    inner join marts.dim_submission as submission using (submission_key)
"""
COVERAGES = """
    select
        directorate.directorate_code, plan_year.financial_year, fact.period_key,
        fact.coverage, submission.submission_id, fact.plan_baseline_gbp,
        fact.not_reported_count, fact.not_reported_gbp, fact.is_incomplete,
        fact.valid_from_at, fact.valid_to_at
    from marts.fct_return_coverage as fact
    inner join marts.dim_directorate as directorate using (directorate_key)
    inner join marts.dim_financial_year as plan_year on fact.plan_year_key = plan_year.financial_year_key
    left join marts.dim_submission as submission using (submission_key)
"""


class Warehouse:
    """The facts of one build, each row with its span."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.positions = connection.sql(POSITIONS).fetchall()
        self.allocations = connection.sql(ALLOCATIONS).fetchall()
        self.coverages = connection.sql(COVERAGES).fetchall()

    def positions_at(self, moment: datetime, years: Collection[str]) -> dict[Any, Position]:
        rows = _known(self.positions, moment, years)
        assert len({row[:3] for row in rows}) == len(rows), "two rows stand for one line and period"
        return {row[:3]: Position(*row[3:]) for row in rows}

    def allocations_at(self, moment: datetime, years: Collection[str]) -> dict[Any, Any]:
        return {(row[:3], row[3], row[4]): row[5] for row in _known(self.allocations, moment, years)}

    def placed_at(self, moment: datetime, years: Collection[str]) -> dict[str, Decimal]:
        """Return the pounds that each submission places in the period that it reports."""
        placed: dict[str, Decimal] = {}
        for *_, amount, submission_id, is_carried in _known(self.allocations, moment, years):
            placed[submission_id] = placed.get(submission_id, Decimal(0)) + (0 if is_carried else amount)
        return placed

    def coverages_at(self, moment: datetime, years: Collection[str]) -> dict[Any, Any]:
        return {row[:3]: Coverage(*row[3:]) for row in _known(self.coverages, moment, years)}


def _known(rows: list[tuple[Any, ...]], moment: datetime, years: Collection[str]) -> list[tuple[Any, ...]]:
    """Return what was known at a moment of some reporting years: the documented query."""
    starts = {int(year[:4]) for year in years}
    return [
        row[:-2]
        for row in rows
        if row[2] // 100 in starts and row[-2] <= moment and (row[-1] is None or moment < row[-1])
    ]


def compare(warehouse: Warehouse, known: Known, now: Known, years: Collection[str], what: str) -> int:
    """Compare everything known at one moment; return how many positions there were."""
    _assert_same(warehouse.positions_at(known.moment, years), known.positions, f"positions {what}")
    _assert_same(warehouse.allocations_at(known.moment, years), known.allocation(now), f"allocations {what}")
    _assert_same(warehouse.coverages_at(known.moment, years), known.coverage(), f"coverage {what}")
    return len(known.positions)


def assert_no_pound_is_lost(warehouse: Warehouse, known: Known, years: Collection[str], what: str) -> None:
    """R01: what a return in force places, and its lines that are quarantined or moved away, are all its baselines."""
    placed = warehouse.placed_at(known.moment, years)
    for (_, period), submission in known.in_force.items():
        rows = known.oracle.lines.get(submission["submission_id"], [])
        elsewhere = sum(
            row["baseline_gbp"]
            for row in rows
            if not known.registered(submission, row) or known.is_moved(submission, row)
        )
        if period in known.open_periods:
            found = placed.get(submission["submission_id"], 0) + elsewhere
            assert found == sum(row["baseline_gbp"] for row in rows), f"{submission['submission_id']} {what}"


def _assert_same(actual: dict[Any, Any], expected: dict[Any, Any], what: str) -> None:
    differing = {
        key: (actual.get(key), expected.get(key))
        for key in actual.keys() | expected.keys()
        if actual.get(key) != expected.get(key)
    }
    assert not differing, f"{what}; warehouse, then oracle: {differing}"
