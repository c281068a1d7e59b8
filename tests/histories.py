"""Makes up histories: returns late, sent again, restated, certified, withdrawn; plans that change.

Here belong blocks that cannot touch each other, each of three reporting years of its own, eight years
from the next block's, so that one build proves many histories. Not here: what happens within a block
(``history_maker``), and what should follow from it (``history_oracle``).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.history_maker import Maker, Reference, calendar_of
from tests.history_plan import Row
from tests.scenarios import Scenario, year_after

FIRST_YEAR = "2019/20"
YEARS_APART = 8
FIRST_MOMENT = datetime(2021, 4, 1, 12)  # noqa: DTZ001 - as in the candidate: UTC without zone


@dataclass(frozen=True)
class Block:
    """Three reporting years that no other block's lines reach, and the moments at which anything happened."""

    years: tuple[str, str, str]
    moments: tuple[datetime, ...]


def scenario_of(seeds: list[int]) -> tuple[Scenario, list[Block]]:
    """Return one scenario with a block a seed, the same for the same seeds."""
    first_years = [year_after(FIRST_YEAR, number * YEARS_APART) for number in range(len(seeds))]
    years = [(year, year_after(year), year_after(year, 2)) for year in first_years]
    reference = Reference(reporting_calendar=[row for block in years for row in calendar_of(block)])
    scenario = Scenario(**reference.tables(), financial_year=_financial_years(len(seeds)))
    blocks = []
    for number, (seed, block_years) in enumerate(zip(seeds, years, strict=True)):
        start = FIRST_MOMENT + timedelta(days=100 * number)
        maker = Maker(random.Random(seed), scenario, reference, block_years, number, start)  # noqa: S311 - no secret
        blocks.append(Block(block_years, tuple(maker.make())))
    return scenario, blocks


def _financial_years(blocks: int) -> list[Row]:
    starts = range(int(FIRST_YEAR[:4]), int(FIRST_YEAR[:4]) + blocks * YEARS_APART + 10)
    return [
        {
            "financial_year": f"{start}/{(start + 1) % 100:02d}",
            "start_date": date(start, 4, 1),
            "end_date": date(start + 1, 3, 31),
            "programme_year_no": start - 2020,
        }
        for start in starts
    ]
