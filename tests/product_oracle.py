"""What the reporting marts have to show, worked out the plain way from what is known at a moment.

Here belongs the meaning of each product once more, in Python, over the oracle's positions. Not here:
which row stands when (``history_oracle``), and comparing (``integration/test_products``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.history_figures import PENNY, ZERO, Position
from tests.history_oracle import Key, Known
from tests.history_plan import Row, period_key, year_key

Amounts = dict[Any, Any]
SIX_PLACES = Decimal("0.000001")
OUTTURN = 13
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


def year_of(key: int) -> str:
    """Return 2021/22 for 2021."""
    return f"{key}/{(key + 1) % 100:02d}"


def ratio(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """Return a ratio with six decimal places, half up; None over nothing."""
    return (numerator / denominator).quantize(SIX_PLACES, ROUND_HALF_UP) if denominator else None


class Products:
    """Each reporting mart as rows by grain."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.rows = {key: standing.row for key, (_, standing) in known.standing.items()}
        self.cashable = {key: known.positions[key] for key in self.rows if self._is_cashable(key)}
        self.allocation = known.allocation(known)
        self.coverage = known.coverage()

    def _is_cashable(self, key: Key) -> bool:
        return bool(self.rows[key]["cashable"] == "Cashable")

    def _of(self, directorate: str, plan_year: str, period: int) -> Iterator[tuple[Row, Position]]:
        """Yield the cashable rows of a row of Table 1."""
        for key, position in self.cashable.items():
            if key[1:] == (plan_year, period) and position.directorate == directorate:
                yield self.rows[key], position

    def _places(self) -> dict[tuple[str, str, int], tuple[Decimal, bool]]:
        """F1: of each row of Table 1 what is not reported, and whether nothing but that is known."""
        brought_forward: Amounts = defaultdict(Decimal)
        for (key, bucket, delivery_year), amount in self.allocation.items():
            year = key[2] // 100
            if (
                key in self.cashable
                and bucket in ("PROJECTED", "DEFERRED")
                and year_key(key[1]) < year == delivery_year
            ):
                brought_forward[self.cashable[key].directorate, year_of(year), key[2]] += amount
        without_return = {place: (ZERO, False) for place, amount in brought_forward.items() if amount}
        covered = {place: (coverage.not_reported, coverage.is_unknown) for place, coverage in self.coverage.items()}
        return without_return | covered

    # P2

    def bridge(self) -> Amounts:
        """Return amounts by plan year, period, directorate and step."""
        found: Amounts = {}
        for (directorate, plan_year, period), (not_reported, is_unknown) in self._places().items():
            steps = self._steps(directorate, plan_year, period, not_reported)
            if is_unknown:
                steps = _missing(not_reported)
            for step, amount in zip(STEPS, steps, strict=True):
                found[plan_year, period, directorate, step] = amount
        return found

    def _steps(self, directorate: str, plan_year: str, period: int, not_reported: Decimal) -> list[Decimal | None]:
        lines = list(self._of(directorate, plan_year, period))
        counted = sum((position.counted for _, position in lines), ZERO)
        delivered = sum((position.delivered for _, position in lines), ZERO)
        return [
            sum((position.baseline for _, position in lines), not_reported),
            delivered,
            counted - delivered,
            sum((row["deferred_gbp"] for row, _ in lines), ZERO),
            sum((position.decided for _, position in lines), ZERO),
            sum((position.unexplained for _, position in lines), ZERO),
            not_reported,
            sum((position.over_achieved for _, position in lines), ZERO),
            sum((position.mitigated for _, position in lines), ZERO),
        ]

    # P3

    def rag(self) -> Amounts:
        """Return (lines, pounds, lines before, pounds before) by period, directorate and both RAGs."""
        cells: dict[tuple[int, str], Counter[Any]] = defaultdict(Counter)
        pounds: dict[Any, Decimal] = defaultdict(Decimal)
        for key, position in self.cashable.items():
            rags = (position.rag, self.rows[key]["rag"])
            cells[key[2], position.directorate][rags] += 1
            pounds[key[2], position.directorate, rags] += position.baseline
        own = {(d, period) for (d, _, period), coverage in self.coverage.items() if coverage.covered == "OWN"}
        found: Amounts = {}
        for directorate, period in {(d, period) for d, _, period in self.coverage}:
            before = max((p for d, p in own if d == directorate and p < period), default=None)
            for rags in {*cells[period, directorate], *cells[before or 0, directorate]}:
                then = (cells[before, directorate][rags], pounds[before, directorate, rags]) if before else (None, None)
                now = (cells[period, directorate][rags], pounds[period, directorate, rags])
                found[period, directorate, *rags] = (*now, *then)
        return found

    # P4

    def deferrals(self) -> Amounts:
        """Return (pounds, lines, lines deferred twice) by period, plan year, delivery year and directorate."""
        found: dict[Any, list[Any]] = defaultdict(lambda: [ZERO, 0, 0])
        for (key, bucket, delivery_year), amount in self.allocation.items():
            if bucket == "DEFERRED" and key in self.cashable:
                cell = found[key[2], key[1], year_of(delivery_year or 0), self.cashable[key].directorate]
                cell[0] += amount
                cell[1] += 1
                cell[2] += self.cashable[key].times_deferred > 1
        return {key: tuple(cell) for key, cell in found.items()}

    # P5

    def trajectory(self) -> Amounts:
        """Return (counted, achieved, original, baseline) by plan year, period and directorate."""
        found: Amounts = {}
        for plan_year in {row["financial_year"] for row in self.known.oracle.reference["financial_year"]}:
            period = year_key(plan_year) * 100
            for (_, year), planned in self.known.plan.lines(period).items():
                if year == plan_year and planned.is_cashable:
                    _, _, original, baseline = found.get((plan_year, period, planned.directorate), (ZERO,) * 4)
                    baseline += planned.baseline
                    original += planned.original
                    found[plan_year, period, planned.directorate] = (baseline, ZERO, original, baseline)
        for (directorate, plan_year, period), (not_reported, is_unknown) in self._places().items():
            lines = list(self._of(directorate, plan_year, period))
            columns = [
                (
                    position.counted,
                    row["achieved_to_date_gbp"] if year_key(plan_year) <= period // 100 else ZERO,
                    position.original,
                    position.baseline,
                )
                for row, position in lines
            ]
            *sums, baseline = (sum(column, ZERO) for column in zip(*columns, strict=True)) if columns else (ZERO,) * 4
            baseline += not_reported
            found[plan_year, period, directorate] = (*((None,) * 3 if is_unknown else sums), baseline)
        return found

    # P6

    def _forecasts(self) -> dict[tuple[str, int], dict[str, Decimal]]:
        """R47: by directorate and period, counted by line, in the last version that may be one."""
        latest: dict[tuple[str, int], Row] = {}
        for row in sorted(self.known.oracle.raw["submission"], key=lambda row: row["receipt_seq"]):
            if row["accepted_at"] and not row["withdrawn_at"] and row["return_type"] != "Restatement":
                latest[row["directorate_code"], period_key(row["financial_year"], row["reporting_period"])] = row
        return {
            place: {
                row["saving_ref"]: ZERO
                if row["replaces_ref"]
                else min(row["projected_gbp"] or ZERO, row["baseline_gbp"])
                for row in self.known.oracle.lines.get(submission["submission_id"], [])
                if row["cashable"] == "Cashable"
                and row["plan_year"] == submission["financial_year"]
                and self.known.registered(submission, row)
            }
            for place, submission in latest.items()
        }

    def accuracy(self) -> Amounts:
        """Return (f, o, error, absolute error, bias, mean, lines, excluded) by year, period and directorate."""
        outturns: dict[int, dict[str, Position]] = defaultdict(dict)
        for (ref, plan_year, period), position in self.cashable.items():
            if period == year_key(plan_year) * 100 + OUTTURN and position.carried_from in (None, period):
                outturns[period // 100][ref] = position
        forecasts, found = self._forecasts(), {}
        for (directorate, period), forecast in forecasts.items():
            closedown = period // 100 * 100 + OUTTURN
            if period == closedown or (directorate, closedown) not in self.known.in_force:
                continue
            outturn = outturns[period // 100]
            both = [(forecast[ref], outturn[ref].counted) for ref in forecast if ref in outturn]
            forecast_by_anyone = {ref for (_, p), lines in forecasts.items() if p == period for ref in lines}
            unforeseen = [r for r, o in outturn.items() if o.directorate == directorate and r not in forecast_by_anyone]
            if not forecast and not unforeseen:
                continue
            f, o = sum((f for f, _ in both), ZERO), sum((o for _, o in both), ZERO)
            absolute = sum((abs(f - o) for f, o in both), ZERO)
            found[year_of(period // 100), period, directorate] = (
                *(f, o, f - o, absolute, ratio(f - o, o), ratio(absolute, o)),
                *(len(both), len(forecast) - len(both) + len(unforeseen)),
            )
        return found

    def realism(self) -> Amounts:
        """Return (projected, low, adjusted, high, years, lines) by plan year and directorate."""
        accuracy = self.accuracy()
        latest: dict[str, int] = {}
        for _, plan_year, period in self.cashable:
            if period // 100 == year_key(plan_year):
                latest[plan_year] = max(period, latest.get(plan_year, 0))
        found: Amounts = {}
        for plan_year, period in latest.items():
            directorates = {p.directorate for key, p in self.cashable.items() if key[1:] == (plan_year, period)}
            for directorate in directorates if period % 100 < OUTTURN else ():
                lines = [position for _, position in self._of(directorate, plan_year, period)]
                closed = [
                    row
                    for (year, forecast_period, code), row in accuracy.items()
                    if code == directorate and year < plan_year and forecast_period % 100 == period % 100 and row[0] > 0
                ]
                projected = sum((line.counted for line in lines), ZERO)
                ceiling = sum((line.baseline for line in lines), ZERO)
                adjusted = [min(_to_the_penny(projected * rate), ceiling) for rate in _rates(closed)]
                found[plan_year, directorate] = (
                    *(projected, *(adjusted or [None] * 3)),
                    *(len(closed), sum(row[6] for row in closed)),
                )
        return found

    # R44

    def effects(self) -> Amounts:
        """Return (increment, effect in the year) by line and year, in the latest open period."""
        found: Amounts = {}
        latest = max(self.known.open_periods)
        for key in self.cashable:
            row = self.rows[key]
            delivered: dict[int, Decimal] = defaultdict(Decimal)
            for (of_key, bucket, year), amount in self.allocation.items():
                if of_key == key and bucket in ("PROJECTED", "DEFERRED"):
                    delivered[year or 0] += amount
            if key[2] == latest and row["projected_gbp"] is not None and not row["replaces_ref"] and delivered:
                effect = ZERO
                for year in range(min(delivered), max(delivered) + 2):
                    increment = self._increment(key, delivered, year)
                    effect += increment
                    found[key[0], key[1], year_of(year)] = (increment, effect)
        return found

    def _increment(self, key: Key, delivered: dict[int, Decimal], year: int) -> Decimal:
        row, position = self.rows[key], self.cashable[key]
        if row["recurrence"] == "One-off":
            return delivered.get(year, ZERO) - delivered.get(year - 1, ZERO)
        if year <= max(delivered):
            return delivered.get(year, ZERO)
        full_year: Decimal = row["full_year_effect_gbp"]
        if position.over_achieved:
            full_year = _to_the_penny(full_year * position.counted / row["projected_gbp"])
        return full_year - sum(delivered.values(), ZERO)

    # P13, P11

    def non_cashable(self) -> Amounts:
        """Return (baseline, counted, lines) by plan year, period, directorate and benefit type."""
        found: dict[Any, list[Any]] = defaultdict(lambda: [ZERO, ZERO, 0])
        for key, position in self.known.positions.items():
            if key not in self.cashable:
                cell = found[key[1], key[2], position.directorate, self.rows[key]["benefit_type"]]
                cell[0] += position.baseline
                cell[1] += position.counted
                cell[2] += 1
        return {key: tuple(cell) for key, cell in found.items()}

    def quarantine(self) -> Amounts:
        """Return (lines, pounds) of returns in force that stand in no figure, by directorate and period."""
        found: dict[Any, tuple[int, Decimal]] = {}
        for place, submission in self.known.in_force.items():
            rows = self.known.oracle.lines.get(submission["submission_id"], [])
            kept_out = [row["baseline_gbp"] for row in rows if not self.known.registered(submission, row)]
            if kept_out:
                found[place] = (len(kept_out), sum(kept_out, ZERO))
        return found


def _missing(plan: Decimal) -> list[Decimal | None]:
    return [plan if step in ("baseline", "not reported") else None for step in STEPS]


def _rates(closed: list[Any]) -> list[Decimal]:
    """Return outturn over forecast: the lowest of a year, of all years together, the highest of a year."""
    if not closed:
        return []
    of_years = [ratio(row[1], row[0]) or ZERO for row in closed]
    together = ratio(sum((row[1] for row in closed), ZERO), sum((row[0] for row in closed), ZERO)) or ZERO
    return [min(of_years), together, max(of_years)]


def _to_the_penny(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)
