"""What changed from period to period is what a plain calculation finds, over made-up histories (ruling G5)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.histories import scenario_of
from tests.history_changes import Change, amounts_in, changes
from tests.history_oracle import Known, Oracle
from tests.models_in_memory import Models
from tests.pair_cases import FEW

# A block has three years of returns late, sent again, restated, certified, withdrawn and moved.
SEEDS = st.lists(st.integers(0, 2**32), min_size=4, max_size=4, unique=True)


def known_and_shown(seeds: list[int]) -> tuple[Known, dict[Change, tuple[Decimal, str]]]:
    """Return what is known at the end of some histories, and of each period what the report shows."""
    scenario, blocks = scenario_of(seeds)
    raw, reference = scenario.raw_tables(), scenario.reference_tables()
    years = tuple(year for block in blocks for year in block.years)
    known = Oracle.of(raw, reference, years).known_at(max(block.moments[-1] for block in blocks))
    runs = Models(raw, reference).ask("""
        select
            saving_ref, plan_year, directorate_code, measure,
            from_period_key, to_period_key, difference_gbp, cause, period_count
        from {{ ref('rpt_change_since_last_period') }}
    """)
    shown: dict[Change, tuple[Decimal, str]] = {}
    for *grain, first, last, difference, cause, count in runs:
        periods = [period for period in known.open_periods if first <= period <= last]
        assert len(periods) == count
        for period in periods:
            assert (*grain, period) not in shown, "two runs have one period"
            shown[(*grain, period)] = (difference, cause)  # type: ignore[index]
    return known, shown


@settings(FEW, max_examples=5)
@given(SEEDS)
def test_each_difference_of_two_periods_is_there_with_its_cause_and_all_sum_to_the_penny(
    seeds: list[int],
) -> None:
    """Ruling G5."""
    known, shown = known_and_shown(seeds)
    assert shown == changes(known)
    for before, period in pairwise(known.open_periods):
        then, now = _by_saving(known, before), _by_saving(known, period)
        sums = dict.fromkeys(then.keys() | now.keys(), Decimal(0))
        for (ref, plan_year, _, measure, at), (difference, _) in shown.items():
            if at == period:
                sums[ref, plan_year, measure] += difference
        assert sums == {key: now.get(key, Decimal(0)) - then.get(key, Decimal(0)) for key in sums}


def _by_saving(known: Known, period: int) -> dict[tuple[str, str, str], Decimal]:
    return {
        (*line, measure): amount
        for (line, _), amounts in amounts_in(known, period).items()
        for measure, amount in amounts.items()
    }


def test_every_cause_happens_in_a_few_histories() -> None:
    """Ruling G5."""
    _, shown = known_and_shown([1, 2, 4, 8])
    assert {cause for _, cause in shown.values()} == {
        "moved", "decision", "plan change", "restated", "carried", "own figure",
    }  # fmt: skip
