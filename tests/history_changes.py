"""What changed from one open period to the next, and why, worked out the plain way (ruling G5).

Here belongs the comparison of two periods' positions. Not here: which row stands (``history_oracle``).
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from tests.history_figures import ZERO
from tests.history_oracle import Known
from tests.history_plan import Line, period_key

Amounts = dict[str, Decimal]
Change = tuple[str, str, str, str, int]  # saving_ref, plan_year, directorate, measure, period
# A change of the plan says why these differ; any amount, where a line came into the plan or left it.
OF_THE_PLAN = {
    "baseline_gbp",
    "original_baseline_gbp",
    "counted_projected_gbp",
    "unexplained_gbp",
    "over_achieved_gbp",
}
OF_A_DECISION = {"decided_undeliverable_gbp", "unexplained_gbp"}


def amounts_in(known: Known, period: int) -> dict[tuple[Line, str], Amounts]:
    """Return the amounts of every line that stands in a period, by line and directorate."""
    found = {}
    for key, position in known.positions.items():
        if key[2] == period:
            under, standing = known.standing[key]
            found[(key[0], key[1]), under] = {
                "original_baseline_gbp": position.original,
                "baseline_gbp": position.baseline,
                "counted_projected_gbp": position.counted,
                "achieved_to_date_gbp": standing.row["achieved_to_date_gbp"] or ZERO,
                "deferred_gbp": standing.row["deferred_gbp"] or ZERO,
                "decided_undeliverable_gbp": position.decided,
                "unexplained_gbp": position.unexplained,
                "over_achieved_gbp": position.over_achieved,
                "mitigated_gbp": position.mitigated,
                "delivered_gbp": position.delivered,
            }
    return found


def changes(known: Known) -> dict[Change, tuple[Decimal, str]]:
    """Return by line, directorate, measure and period the difference from the open period before, and its cause."""
    found = {}
    for before, period in pairwise(known.open_periods):
        then, now = amounts_in(known, before), amounts_in(known, period)
        for line, under in then.keys() | now.keys():
            was, is_now = then.get((line, under)), now.get((line, under))
            for measure in was or is_now or {}:
                difference = (is_now[measure] if is_now else ZERO) - (was[measure] if was else ZERO)
                if difference:
                    cause = _cause(known, line, under, measure, (before, period), (was, is_now))
                    found[*line, under, measure, period] = (difference, cause)
    return found


def _cause(
    known: Known,
    line: Line,
    under: str,
    measure: str,
    periods: tuple[int, int],
    amounts: tuple[Amounts | None, Amounts | None],
) -> str:
    before, period = periods
    was, is_now = amounts
    is_whole = was is None or is_now is None
    stands = {at: known.standing.get((*line, at)) for at in periods}
    if is_whole and all(stands.values()):
        return "moved"
    if measure in OF_A_DECISION and _of(was, "decided_undeliverable_gbp") != _of(is_now, "decided_undeliverable_gbp"):
        return "decision"
    if is_whole and _is_plan_changed(known, line, before, period):
        return "plan change"
    is_planned = any(_of(was, each) != _of(is_now, each) for each in ("baseline_gbp", "original_baseline_gbp"))
    if not is_whole and measure in OF_THE_PLAN and is_planned:
        return "plan change"
    if is_now is None:
        return "own figure"
    position, (_, standing) = known.positions[*line, period], known.standing[*line, period]
    if standing.submission["return_type"] == "Restatement" and position.carried_from is None:
        return "restated"
    return "own figure" if position.carried_from is None else "carried"


def _of(amounts: Amounts | None, measure: str) -> Decimal:
    return amounts[measure] if amounts else ZERO


def _is_plan_changed(known: Known, line: Line, before: int, period: int) -> bool:
    rows = known.oracle.rows_known("plan_change", known.moment)
    return any(
        (row["saving_ref"], row["plan_year"]) == line
        and before < period_key(row["effective_year"], row["effective_period"]) <= period
        for row in rows
    )
