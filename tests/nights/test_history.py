"""As known at t: the whole build's facts against a plain calculation, over histories made up at random."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.histories import scenario_of
from tests.history_facts import Warehouse, assert_no_pound_is_lost, compare
from tests.history_oracle import Oracle

BLOCKS_A_BUILD = 10
# A build takes seconds, so there are few, each of many histories; a failure names its seed instead of shrinking.
FEW_BUILDS = settings(
    max_examples=2, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
SEEDS = st.lists(st.integers(0, 2**32), min_size=BLOCKS_A_BUILD, max_size=BLOCKS_A_BUILD, unique=True)


@FEW_BUILDS
@given(seeds=SEEDS)
def test_what_was_known_at_any_moment_is_what_a_plain_calculation_gives_and_no_pound_is_lost(seeds: list[int]) -> None:
    scenario, blocks = scenario_of(seeds)
    raw, reference = scenario.raw_tables(), scenario.reference_tables()
    with scenario.work_out() as connection:
        warehouse = Warehouse(connection)
    end = max(block.moments[-1] for block in blocks)
    compared = 0
    for seed, block in zip(seeds, blocks, strict=True):
        oracle = Oracle.of(raw, reference, block.years)
        for moment in (*block.moments, end):
            what = f"of the block with seed {seed} at {moment}"
            assert_no_pound_is_lost(warehouse, oracle.known_at(moment), block.years, what)
            compared += compare(warehouse, oracle.known_at(moment), oracle.known_at(end), block.years, what)
    assert compared > 1000
