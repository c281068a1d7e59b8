"""What the reporting marts have to show at a moment, the plain way, to be compared with the SQL.

Here belong the rules of the reports once more, in Python, over what ``history_oracle`` says stands.
Not here: which row stands (``history_oracle``), the arithmetic of a row (``history_figures``), forecasts
against what came (``history_forecasts``), and effects, themes and funds, which spread a line's pounds
(``history_shares``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.history_figures import ZERO, Position, Standing
from tests.history_oracle import Key, Known
from tests.history_plan import Row, year_key, year_of

STEPS = (
    "baseline",
    "delivered",
    "on track",
    "deferred",
    "undeliverable",
    "unexplained",
    "not reported",
    "over-achieved",
    "mitigated",
)


@dataclass(frozen=True)
class Stands:
    """A line that stands in a period."""

    saving_ref: str
    plan_year: str
    period: int
    directorate: str
    position: Position
    row: Row


def cashable(known: Known) -> Iterator[Stands]:
    """Yield every cashable line in every open period (R45)."""
    for key, position in known.positions.items():
        under, standing = known.standing[key]
        if standing.row["cashable"] == "Cashable":
            yield Stands(*key, under, position, standing.row)


def table_1(known: Known, period: int) -> dict[tuple[str, str], tuple[Decimal | None, ...]]:
    """R01, R39: by plan year and directorate: baseline, its four homes, and what was not reported."""
    sums: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [ZERO] * 5)
    for line in cashable(known):
        if line.period == period and line.row["replaces_ref"] is None:
            amounts = (
                line.position.baseline,
                line.position.counted,
                line.row["deferred_gbp"],
                line.position.decided,
                line.position.unexplained,
            )
            found = sums[line.plan_year, line.directorate]
            sums[line.plan_year, line.directorate] = [a + b for a, b in zip(found, amounts, strict=True)]
    table: dict[tuple[str, str], tuple[Decimal | None, ...]] = {}
    for (directorate, plan_year, in_period), coverage in known.coverage().items():
        if in_period == period:
            baseline, *homes = sums[plan_year, directorate]
            table[plan_year, directorate] = (
                baseline + coverage.not_reported,
                *((None,) * 4 if coverage.is_unknown else homes),
                coverage.not_reported,
            )
    return table


def places(known: Known) -> dict[tuple[str, int, str], tuple[Decimal, bool]]:
    """F1: of each row of Table 1 what is not reported, and whether nothing but that is known."""
    stands = {(line.saving_ref, line.plan_year, line.period): line for line in cashable(known)}
    brought_forward: defaultdict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
    for (key, bucket, delivery_year), amount in known.allocation(known).items():
        year = key[2] // 100
        if key in stands and bucket in ("PROJECTED", "DEFERRED") and year_key(key[1]) < year == delivery_year:
            brought_forward[year_of(year), key[2], stands[key].directorate] += amount
    without_return = {place: (ZERO, False) for place, amount in brought_forward.items() if amount}
    covered = {
        (plan_year, period, directorate): (coverage.not_reported, coverage.is_unknown)
        for (directorate, plan_year, period), coverage in known.coverage().items()
    }
    return without_return | covered


def deferral_matrix(known: Known) -> dict[tuple[int, str, int, str], tuple[Decimal, int, int]]:
    """R05, R49: by period, plan year, delivery year and directorate: pounds, lines, lines deferred twice or more."""
    matrix: dict[tuple[int, str, int, str], tuple[Decimal, int, int]] = {}
    for line in cashable(known):
        _, standing = known.standing[line.saving_ref, line.plan_year, line.period]
        for year, amount in known.deferrals(standing):
            key = (line.period, line.plan_year, year, line.directorate)
            pounds, lines, twice = matrix.get(key, (ZERO, 0, 0))
            matrix[key] = (pounds + amount, lines + 1, twice + (line.position.times_deferred > 1))
    return matrix


def sums_of_lines(known: Known) -> dict[tuple[str, int, str], tuple[Decimal, ...]]:
    """By plan year, period and directorate what the lines come to: counted, achieved, original baseline, baseline."""
    sums: dict[tuple[str, int, str], tuple[Decimal, ...]] = {}
    for line in cashable(known):
        key = (line.plan_year, line.period, line.directorate)
        amounts = (
            line.position.counted,
            line.row["achieved_to_date_gbp"] if year_key(line.plan_year) <= line.period // 100 else ZERO,
            line.position.original,
            line.position.baseline,
        )
        sums[key] = tuple(a + b for a, b in zip(sums.get(key, (ZERO,) * 4), amounts, strict=True))
    return sums


def trajectory(known: Known) -> dict[tuple[str, int, str], tuple[Decimal | None, ...]]:
    """P5: the same for every row of Table 1, with what was not reported; and the plan itself as P00."""
    found: dict[tuple[str, int, str], tuple[Decimal | None, ...]] = {}
    for plan_year in {row["financial_year"] for row in known.oracle.reference["financial_year"]}:
        found |= _planned(known, plan_year)
    of_lines = sums_of_lines(known)
    for place, (not_reported, is_unknown) in places(known).items():
        plan_year, period, directorate = place
        counted, achieved, original, baseline = of_lines.get(place, (ZERO,) * 4)
        original += sum(line.original for line in known.not_reported(period).get((directorate, plan_year), []))
        known_amounts = (counted, achieved, original)
        found[place] = (*((None,) * 3 if is_unknown else known_amounts), baseline + not_reported)
    return found


def _planned(known: Known, plan_year: str) -> dict[tuple[str, int, str], tuple[Decimal, ...]]:
    """Return a year's cashable plan before its first period, as if all of it were projected."""
    period = year_key(plan_year) * 100
    found: dict[tuple[str, int, str], tuple[Decimal, ...]] = {}
    for (_, year), planned in known.plan.lines(period).items():
        if year == plan_year and planned.is_cashable:
            key = (plan_year, period, planned.directorate)
            _, _, original, baseline = found.get(key, (ZERO,) * 4)
            baseline += planned.baseline
            found[key] = (baseline, ZERO, original + planned.original, baseline)
    return found


def rag_summary(known: Known) -> dict[tuple[int, str, str, str], tuple[Any, ...]]:
    """R46, R52: by period, directorate, derived and submitted RAG: lines and baseline, now and in the period before."""
    cells: defaultdict[tuple[int, str], dict[tuple[str, str], tuple[int, Decimal]]] = defaultdict(dict)
    for line in cashable(known):
        of_place, rags = cells[line.period, line.directorate], (line.position.rag, line.row["rag"])
        lines, pounds = of_place.get(rags, (0, ZERO))
        of_place[rags] = (lines + 1, pounds + line.position.baseline)
    own = {
        (directorate, period) for (directorate, _, period), each in known.coverage().items() if each.covered == "OWN"
    }
    found = {}
    for directorate, period in {(directorate, period) for directorate, _, period in known.coverage()}:
        before = max((at for code, at in own if code == directorate and at < period), default=None)
        now, then = cells[period, directorate], cells[before or 0, directorate]
        for rags in now.keys() | then.keys():
            earlier = then.get(rags, (0, ZERO)) if before else (None, None)
            found[period, directorate, *rags] = (*now.get(rags, (0, ZERO)), *earlier)
    return found


def rags_derived(known: Known) -> dict[tuple[int, str, str], tuple[int, Decimal, int]]:
    """Return by period, directorate and derived RAG: lines, baseline, lines whose submitted RAG differs."""
    sums: dict[tuple[int, str, str], tuple[int, Decimal, int]] = {}
    for (period, directorate, derived, submitted), (lines, pounds, *_) in rag_summary(known).items():
        if lines:
            all_lines, all_pounds, differing = sums.get((period, directorate, derived), (0, ZERO, 0))
            is_other = derived not in ("None", submitted)
            sums[period, directorate, derived] = (all_lines + lines, all_pounds + pounds, differing + lines * is_other)
    return sums


def bridge(known: Known) -> dict[tuple[str, int, str, str], Decimal | None]:
    """P2, R56: by plan year, period, directorate and step the pounds; not known where nothing but the plan is (R39)."""
    sums: defaultdict[tuple[str, int, str], list[Decimal]] = defaultdict(lambda: [ZERO] * len(STEPS))
    for line in cashable(known):
        position = line.position
        amounts = (
            position.baseline,
            position.delivered,
            position.counted - position.delivered,
            line.row["deferred_gbp"],
            position.decided,
            position.unexplained,
            ZERO,
            position.over_achieved,
            position.mitigated,
        )
        found = sums[line.plan_year, line.period, line.directorate]
        found[:] = [a + b for a, b in zip(found, amounts, strict=True)]
    steps: dict[tuple[str, int, str, str], Decimal | None] = {}
    for place, (not_reported, is_unknown) in places(known).items():
        for step, amount in zip(STEPS, sums[place], strict=True):
            is_of_plan = step in ("baseline", "not reported")
            steps[*place, step] = amount + not_reported if is_of_plan else None if is_unknown else amount
    return steps


def non_cashable(known: Known) -> dict[tuple[str, int, str, str], tuple[Decimal, Decimal, int]]:
    """P13: by plan year, period, directorate and benefit type: baseline, counted, lines."""
    found: dict[tuple[str, int, str, str], tuple[Decimal, Decimal, int]] = {}
    for key, position in known.positions.items():
        _, standing = known.standing[key]
        if standing.row["cashable"] != "Cashable":
            cell = (key[1], key[2], position.directorate, standing.row["benefit_type"])
            baseline, counted, lines = found.get(cell, (ZERO, ZERO, 0))
            found[cell] = (baseline + position.baseline, counted + position.counted, lines + 1)
    return found


def quarantined(known: Known) -> dict[tuple[str, int], tuple[int, Decimal]]:
    """P11, R33: by directorate and period the lines and pounds of the return in force that are in no figure."""
    found = {}
    for place, submission in known.in_force.items():
        rows = known.oracle.lines.get(submission["submission_id"], [])
        kept_out = [row["baseline_gbp"] for row in rows if not known.registered(submission, row)]
        if kept_out:
            found[place] = (len(kept_out), sum(kept_out, ZERO))
    return found


def latest_period(known: Known) -> int:
    """Return the latest open period of all years."""
    return max(known.open_periods)


def standing_in(known: Known, period: int) -> Iterator[tuple[Key, str, Standing]]:
    """Yield each cashable line of a period, the directorate that it stands under, and its row."""
    for key, (under, standing) in known.standing.items():
        if key[2] == period and standing.row["cashable"] == "Cashable":
            yield key, under, standing
