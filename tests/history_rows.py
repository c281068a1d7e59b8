"""Makes up what a return says of one line.

Here belong the figures of a row. Not here: who sends it when (``history_maker``). None of intake's
rules is kept but those without which a figure has no meaning: no pound twice (R36), deferred means
later (D18), Deferrals add up (D20).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.scenarios import line, year_after

Row = dict[str, Any]

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Saving:
    """A line that a block is about, as it is first planned."""

    saving_ref: str
    plan_year: str
    directorate: str
    baseline: Decimal
    is_cashable: bool
    replaces_ref: str | None = None


def row_of(
    chance: random.Random, saving: Saving, year: str, baseline: Decimal, decision_ref: str
) -> tuple[Row, list[Row]]:
    """Return a line's row, and its rows of the Deferrals sheet."""
    projected, deferred, undeliverable = _amounts(chance, baseline)
    if saving.replaces_ref:
        projected, deferred, undeliverable = Decimal("80.10"), NOTHING, NOTHING
    parts = _parts(chance, saving, max(year, saving.plan_year), deferred)
    to_years = [part["deferred_to_year"] for part in parts]
    row = line(
        saving.saving_ref,
        baseline,
        projected,
        deferred=deferred,
        undeliverable=undeliverable,
        achieved=chance.choice((NOTHING, projected or NOTHING, baseline)),
        plan_year=saving.plan_year,
        deferred_to_year=None if not parts else to_years[0] if len(parts) == 1 else "Multiple",
        cashable="Cashable" if saving.is_cashable else "Non-cashable",
        replaces_ref=saving.replaces_ref,
        recurrence="One-off" if saving.saving_ref.endswith(("2", "5")) else "Recurrent",
        status=chance.choice(("On track", "On track", "On track", "Withdrawn")),
        decision_ref=decision_ref if chance.random() < 0.7 else None,
        budget_code=chance.choice(("AB12345", None)),
    )
    return row, parts if len(parts) > 1 else []


def _amounts(chance: random.Random, baseline: Decimal) -> tuple[Decimal | None, Decimal, Decimal]:
    """Return projected, deferred and undeliverable: within the baseline, or over-achieved, or unknown."""
    shape = chance.random()
    if shape < 0.15:
        return baseline + Decimal("33.33"), NOTHING, NOTHING
    if shape < 0.2:
        return None, NOTHING, NOTHING
    if shape < 0.35:
        return baseline, NOTHING, NOTHING
    if shape < 0.4:
        return NOTHING, NOTHING, baseline
    pence = sorted(chance.randint(0, int(baseline * 100)) for _ in range(3))
    low, middle, high = (Decimal(amount) / 100 for amount in pence)
    deferred = chance.choice((NOTHING, middle - low))
    return low, deferred, chance.choice((NOTHING, high - middle))


def _parts(chance: random.Random, saving: Saving, last_year: str, deferred: Decimal) -> list[Row]:
    """Return what is deferred, by the year that it moves to: one, or two."""
    if deferred == 0:
        return []
    is_split = deferred > 1 and chance.random() < 0.4
    amounts = [Decimal("0.50"), deferred - Decimal("0.50")] if is_split else [deferred]
    first = chance.randint(1, 2)
    return [
        {
            "saving_ref": saving.saving_ref,
            "plan_year": saving.plan_year,
            "deferred_to_year": year_after(last_year, first + number),
            "deferred_gbp": amount,
        }
        for number, amount in enumerate(amounts)
    ]
