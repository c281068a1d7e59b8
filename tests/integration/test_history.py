"""As known at t: the whole build's facts against a plain calculation, over histories made up at random."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.histories import Block, scenario_of
from tests.history_figures import Position
from tests.history_oracle import Coverage, Known, Oracle

BLOCKS_A_BUILD = 10
# A build takes ten seconds, so there are few, each of many histories; a failure names its seed instead of shrinking.
FEW_BUILDS = settings(
    max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
SEEDS = st.lists(st.integers(0, 2**32), min_size=BLOCKS_A_BUILD, max_size=BLOCKS_A_BUILD, unique=True)

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

    def positions_at(self, moment: datetime, block: Block) -> dict[Any, Position]:
        rows = _known(self.positions, moment, block)
        assert len({row[:3] for row in rows}) == len(rows), "two rows stand for one line and period"
        return {row[:3]: Position(*row[3:]) for row in rows}

    def allocations_at(self, moment: datetime, block: Block) -> dict[Any, Any]:
        return {(row[:3], row[3], row[4]): row[5] for row in _known(self.allocations, moment, block)}

    def placed_at(self, moment: datetime, block: Block) -> dict[str, Decimal]:
        """Return the pounds that each submission places in the period that it reports."""
        placed: dict[str, Decimal] = {}
        for *_, amount, submission_id, is_carried in _known(self.allocations, moment, block):
            placed[submission_id] = placed.get(submission_id, Decimal(0)) + (0 if is_carried else amount)
        return placed

    def coverages_at(self, moment: datetime, block: Block) -> dict[Any, Any]:
        return {row[:3]: Coverage(*row[3:]) for row in _known(self.coverages, moment, block)}


def _known(rows: list[tuple[Any, ...]], moment: datetime, block: Block) -> list[tuple[Any, ...]]:
    """Return what was known at a moment of a block's reporting years: the documented query."""
    years = {int(year[:4]) for year in block.years}
    return [
        row[:-2]
        for row in rows
        if row[2] // 100 in years and row[-2] <= moment and (row[-1] is None or moment < row[-1])
    ]


def _compare(warehouse: Warehouse, known: Known, now: Known, block: Block, what: str) -> int:
    """Compare everything known at one moment; return how many positions there were."""
    _assert_same(warehouse.positions_at(known.moment, block), known.positions, f"positions {what}")
    _assert_same(warehouse.allocations_at(known.moment, block), known.allocation(now), f"allocations {what}")
    _assert_same(warehouse.coverages_at(known.moment, block), known.coverage(), f"coverage {what}")
    return len(known.positions)


def _assert_no_pound_is_lost(warehouse: Warehouse, known: Known, block: Block, what: str) -> None:
    """R01: what a return in force places, and its lines that are quarantined or moved away, are all its baselines."""
    placed = warehouse.placed_at(known.moment, block)
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


@FEW_BUILDS
@given(seeds=SEEDS)
def test_what_was_known_at_any_moment_is_what_a_plain_calculation_gives_and_no_pound_is_lost(seeds: list[int]) -> None:
    scenario, blocks = scenario_of(seeds)
    raw, reference = scenario.raw_tables(), scenario.reference_tables()
    with TemporaryDirectory() as folder, scenario.build(Path(folder)) as connection:
        warehouse = Warehouse(connection)
    end = max(block.moments[-1] for block in blocks)
    compared = 0
    for seed, block in zip(seeds, blocks, strict=True):
        oracle = Oracle.of(raw, reference, block.years)
        for moment in (*block.moments, end):
            what = f"of the block with seed {seed} at {moment}"
            _assert_no_pound_is_lost(warehouse, oracle.known_at(moment), block, what)
            compared += _compare(warehouse, oracle.known_at(moment), oracle.known_at(end), block, what)
    assert compared > 1000
