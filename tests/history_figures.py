"""What follows from one row of a return, the plain way: amounts, RAG, delivered (R03, R07, R35, R46, R56).

Here belongs the arithmetic of a row. Not here: which row stands when (``history_oracle``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.history_plan import Row, year_key

ZERO = Decimal(0)
PENNY = Decimal("0.01")
SIX_PLACES = Decimal("0.000001")


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """Return a ratio with six decimal places, half up; None over nothing."""
    return (numerator / denominator).quantize(SIX_PLACES, ROUND_HALF_UP) if denominator else None


def to_the_penny(amount: Decimal) -> Decimal:
    """R25: half up."""
    return amount.quantize(PENNY, ROUND_HALF_UP)


@dataclass(frozen=True)
class Standing:
    """A row of a return, the period for which it was sent, and whether its line is another's by a later move (F6)."""

    row: Row
    submission: Row
    source: int
    is_moved: bool = False


@dataclass(frozen=True)
class Position:
    """What ``fct_savings_position`` has to say of a line in a period."""

    directorate: str
    submission_id: str
    carried_from: int | None
    baseline: Decimal
    original: Decimal
    counted: Decimal
    decided: Decimal
    unexplained: Decimal
    over_achieved: Decimal
    mitigated: Decimal
    delivered: Decimal
    rag: str
    risk_weighted: Decimal
    times_deferred: int


def counted(row: Row) -> Decimal:
    """R03, R35: up to the baseline; a replacement never."""
    return ZERO if row["replaces_ref"] else min(row["projected_gbp"] or ZERO, row["baseline_gbp"])


def decided(row: Row, is_decided: bool) -> Decimal:
    """R07: undeliverable by a recorded decision."""
    undeliverable: Decimal = row["undeliverable_gbp"]
    return undeliverable if is_decided else ZERO


def over_achieved(row: Row) -> Decimal:
    """R03: what is projected above the baseline; a replacement's is mitigation."""
    return ZERO if row["replaces_ref"] else max((row["projected_gbp"] or ZERO) - row["baseline_gbp"], ZERO)


def mitigated(row: Row) -> Decimal:
    """R35: what a replacement projects."""
    return (row["projected_gbp"] or ZERO) if row["replaces_ref"] else ZERO


def delivered(row: Row, is_certified: bool, year: int) -> Decimal:
    """R56, B11: achieved up to the baseline, cashable, certified, with a budget named, once its plan year began."""
    has_begun = year_key(row["plan_year"]) <= year
    counts = row["cashable"] == "Cashable" and is_certified and row["budget_code"] and has_begun
    return min(row["achieved_to_date_gbp"], row["baseline_gbp"]) if counts else ZERO


def rag(row: Row, is_decided: bool, is_certified: bool, settings: Mapping[str, str]) -> str:
    """R46: the first that applies, None in words where nothing can be measured."""
    baseline = row["baseline_gbp"]
    if baseline == 0 or row["projected_gbp"] is None:
        return "None"
    if row["status"] == "Withdrawn" or decided(row, is_decided) == baseline:
        return "Grey"
    if row["achieved_to_date_gbp"] >= baseline and is_certified:
        return "Blue"
    for word in ("Red", "Amber"):
        counted_below = Decimal(settings[f"rag_{word.lower()}_counted_below"])
        deferred_above = Decimal(settings[f"rag_{word.lower()}_deferred_above"])
        if counted(row) / baseline < counted_below or row["deferred_gbp"] / baseline > deferred_above:
            return word
    return "Green"


def risk_weighted(row: Row, word: str, settings: Mapping[str, str]) -> Decimal:
    """R46: counted, by the weight of its RAG."""
    weight = Decimal(settings[f"risk_weight_{word.lower()}"]) if word != "None" else ZERO
    return to_the_penny(counted(row) * weight)
