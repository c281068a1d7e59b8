"""What a line's row says at a period: where its year ends is the scenario's, the way there the seed's.

Here belong the amounts of a row and the words that go with them. Not here: which rows stand in a
return (``returns``).

At the beginning of a year a line is forecast with its ``hope`` above where the year will end; the
hope fades, a little unevenly, and is gone at closedown. Nothing falls below what counted before
(R37), and every pound of the baseline has a place unless the scenario says "unexplained" (R01).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sources.samples.many_years.story import Line, year_after

Row = dict[str, Any]

_PENNY = Decimal("0.01")
_ZERO = Decimal(0)
_CLOSEDOWN = 13


@dataclass(frozen=True)
class Moment:
    """The period that a row is about.

    Attributes:
        year: Reporting year.
        period: Reporting period.
        version: Which telling it is: another one has other amounts.
    """

    year: str
    period: str
    version: int = 1

    @property
    def passed(self) -> Decimal:
        """How much of the year is over; all of it at closedown."""
        return Decimal(int(self.period[1:])) / _CLOSEDOWN


def saving_row(line: Line, baseline: Decimal, moment: Moment, before: Decimal, seed: int) -> tuple[Row, list[Row]]:
    """Return a line's row of the Savings sheet, and its rows of Deferrals.

    Args:
        line: The scenario's line.
        baseline: In pounds, by the plan in force; 0 for a replacement.
        moment: The period.
        before: What counted at the close of the year before, in pounds.
        seed: Decides how unevenly hope fades.
    """
    whole = line.amount_gbp if line.replaces_ref else baseline
    at_close = max(_pence(whole * line.share_by(moment.year)), before)
    chance = random.Random(f"{seed} {line.key} {moment}")  # noqa: S311 - no secret
    unevenly = Decimal(str(round(0.6 + 0.8 * chance.random(), 4)))
    projected = max(_pence(at_close + whole * line.hope * (1 - moment.passed) * unevenly), before, _ZERO)
    if at_close <= whole:
        projected = min(projected, whole)
    rest = max(baseline - projected, _ZERO)
    achieved = min(_pence(before + (at_close - before) * moment.passed**2), projected)
    deferred = rest if line.rest in ("deferred", "split") else _ZERO
    undeliverable = rest if line.rest == "undeliverable" else _ZERO
    parts = _parts(line, moment, deferred) if line.rest == "split" and deferred > _PENNY else []
    return {
        "saving_ref": line.saving_ref,
        "project_ref": line.project_ref,
        "saving_title": line.saving_title,
        "plan_year": line.plan_year,
        "benefit_type": line.benefit_type,
        "cashable": "Cashable" if line.is_cashable else "Non-cashable",
        "recurrence": line.recurrence,
        "start_date": line.start_date,
        "baseline_gbp": baseline,
        "full_year_effect_gbp": _full_year(line, projected + deferred),
        "achieved_to_date_gbp": achieved,
        "projected_gbp": projected,
        "deferred_gbp": deferred,
        "deferred_to_year": ("Multiple" if parts else year_after(moment.year)) if deferred else None,
        "undeliverable_gbp": undeliverable,
        "status": _status(baseline, achieved, deferred, undeliverable, rest),
        "rag": _rag(baseline, projected),
        "variance_explanation": (
            f"The forecast is £{projected:,} of £{baseline:,}: mobilisation and prices account for the difference."
        ),
        "replaces_ref": line.replaces_ref,
        "fund_ref": line.fund_ref,
        "budget_code": f"{line.saving_ref[:2]}{line.saving_ref[3:5]}{line.saving_ref[6:]}",
        "maturity": "Delivering",
        "decision_ref": line.decision_ref if undeliverable else None,
    }, parts


def counted(row: Mapping[str, Any]) -> Decimal:
    """Return what of a row counts (R03)."""
    return Decimal(min(row["projected_gbp"], row["baseline_gbp"]))


def _pence(amount: Decimal) -> Decimal:
    return amount.quantize(_PENNY, ROUND_HALF_UP)


def _parts(line: Line, moment: Moment, deferred: Decimal) -> list[Row]:
    first = _pence(deferred / 3)
    return [
        {
            "saving_ref": line.saving_ref,
            "plan_year": line.plan_year,
            "deferred_to_year": year_after(moment.year, years),
            "deferred_gbp": amount,
            "reason": "Mobilisation",
        }
        for years, amount in ((1, first), (2, deferred - first))
    ]


def _full_year(line: Line, amount: Decimal) -> Decimal:
    """Return twelve months' effect of what starts within its plan year (R22)."""
    begins = date(int(line.plan_year[:4]), 4, 1)
    months = 12 - (line.start_date.month - begins.month) % 12
    return _pence(amount * 12 / months)


def _status(baseline: Decimal, achieved: Decimal, deferred: Decimal, undeliverable: Decimal, rest: Decimal) -> str:
    if undeliverable:
        return "Undeliverable"
    if deferred:
        return "Delayed"
    if rest:
        return "At risk"
    return "Delivered" if baseline and achieved >= baseline else "On track"


def _rag(baseline: Decimal, projected: Decimal) -> str:
    """Return what an officer would say: more cheerful than the derived one, which looks at deferrals too."""
    if baseline == 0 or projected >= baseline * Decimal("0.9"):
        return "Green"
    return "Amber" if projected >= baseline * Decimal("0.6") else "Red"
