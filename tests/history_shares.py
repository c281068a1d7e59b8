"""What spreads a line's pounds over years, themes and funds, the plain way (R21, R22, R27, R41, R44, R48).

Here belong effect profile, theme savings and fund return. Not here: which row stands
(``history_oracle``) and the other reports (``history_reports``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from tests.history_figures import ZERO, counted, ratio, to_the_penny
from tests.history_oracle import Known
from tests.history_plan import Line, Row, period_key, year_key
from tests.history_reports import latest_period, standing_in

NO_THEME = "None"


def split(amount: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """R41: shares to the penny by largest remainder, ties by code, a negative amount by its absolute value."""
    pence = abs(amount) * 100
    whole = {code: int(pence * weight) for code, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda code: (whole[code] - pence * weights[code], code))
    for code in by_remainder[: int(pence) - sum(whole.values())]:
        whole[code] += 1
    sign = -1 if amount < 0 else 1
    return {code: sign * Decimal(each) / 100 for code, each in whole.items()}


def effect_profile(known: Known, closing: Known) -> dict[tuple[Line, int], tuple[Decimal, Decimal]]:
    """R44: by line and effect year: increment, and effect in the year."""
    delivered: defaultdict[Line, defaultdict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    latest = latest_period(known)
    for (key, bucket, year), amount in known.allocation(closing).items():
        if key[2] == latest and bucket in ("PROJECTED", "DEFERRED") and year is not None:
            delivered[key[0], key[1]][year] += amount
    profile = {}
    for key, _, standing in standing_in(known, latest):
        line = (key[0], key[1])
        if standing.row["projected_gbp"] is not None and line in delivered:
            effect = ZERO
            for year, increment in sorted(_increments(standing.row, delivered[line]).items()):
                effect += increment
                profile[line, year] = (increment, effect)
    return profile


def _increments(row: Row, delivered: Mapping[int, Decimal]) -> dict[int, Decimal]:
    first, last = min(delivered), max(delivered)
    increments = {year: delivered.get(year, ZERO) for year in range(first, last + 2)}
    if row["recurrence"] == "One-off":
        for year, amount in delivered.items():
            increments[year + 1] -= amount
    else:
        increments[last + 1] = _full_year_effect(row) - sum(delivered.values())
    return increments


def _full_year_effect(row: Row) -> Decimal:
    """Return the full-year effect, of an over-achiever only the part that counts."""
    whole: Decimal = row["full_year_effect_gbp"]
    if row["projected_gbp"] > row["baseline_gbp"]:
        return to_the_penny(whole * counted(row) / row["projected_gbp"])
    return whole


def weights_of(known: Known, project_ref: str, column: str) -> dict[str, Decimal]:
    """R27, R57: a project's weights, as its own directorate's latest return in force has them."""
    of_submission = {row["submission_id"]: row for row in known.in_force.values()}
    told = [
        (of_submission[row["submission_id"]], row)
        for row in known.oracle.raw["project"]
        if row["submission_id"] in of_submission and row["project_ref"] == project_ref
    ]
    own = [(sent, row) for sent, row in told if row["directorate_code"] == sent["directorate_code"]] or told
    _, latest = max(own, key=lambda each: (each[0]["financial_year"], each[0]["reporting_period"]))
    if latest[column] is None:
        return {NO_THEME: Decimal(1)}
    parts = [part.partition(":") for part in latest[column].split(";")]
    return {code: Decimal(weight) for code, _, weight in parts}


def shares(known: Known, closing: Known, column: str, period: int) -> dict[tuple[str, str], Decimal]:
    """R27, R41: by theme (or workstream) and bucket the pounds of a period, each allocation row split by itself."""
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    projects = {(key[0], key[1]): standing.row["project_ref"] for key, _, standing in standing_in(known, period)}
    for (key, bucket, _), amount in known.allocation(closing).items():
        if key[2] == period and (key[0], key[1]) in projects:
            weights = weights_of(known, projects[key[0], key[1]], column)
            for code, share in split(amount, weights).items():
                sums[code, bucket] += share
    return {key: amount for key, amount in sums.items() if amount != 0}


@dataclass(frozen=True)
class FundReturn:
    """What a fund line has brought and cost (R28, R48)."""

    committed: Decimal
    drawn: Decimal
    returned: Decimal
    deferred: Decimal
    payback_months: int | None

    @property
    def gross_roi(self) -> Decimal | None:
        """Return the return over what is committed."""
        return ratio(self.returned, self.committed)

    @property
    def net_roi(self) -> Decimal | None:
        """Return the return less what is committed, over what is committed."""
        return ratio(self.returned - self.committed, self.committed)


def fund_returns(known: Known, closing: Known) -> dict[tuple[str, str], FundReturn]:
    """R28, R48: by fund line and project, by the agreed share and in the agreed window, at the latest open period."""
    latest = latest_period(known)
    allocation = known.allocation(closing)
    found = {}
    for fund in known.oracle.rows_known("fund", known.moment):
        investment = _latest_investment(known, fund["fund_ref"])
        if investment is None:
            continue
        window = range(year_key(fund["window_from"]), year_key(fund["window_to"]) + 1)
        rows = {
            key: standing.row
            for key, _, standing in standing_in(known, latest)
            if all(standing.row[name] == fund[name] for name in ("fund_ref", "project_ref"))
        }
        pounds = {"PROJECTED": ZERO, "DEFERRED": ZERO, "UNDELIVERABLE": ZERO, "UNEXPLAINED": ZERO}
        for (key, bucket, year), amount in allocation.items():
            if key in rows and year in window:
                pounds[bucket] += to_the_penny(amount * fund["share"])
        yearly = sum(
            (
                to_the_penny(_full_year_effect(row) * fund["share"])
                for row in rows.values()
                if row["recurrence"] == "Recurrent"
            ),
            -(investment["annual_ongoing_cost_gbp"] or ZERO),
        )
        committed = investment["committed_gbp"]
        found[fund["fund_ref"], fund["project_ref"]] = FundReturn(
            committed,
            investment["drawn_to_date_gbp"],
            pounds["PROJECTED"],
            pounds["DEFERRED"],
            ceil(12 * committed / yearly) if yearly > 0 else None,
        )
    return found


def _latest_investment(known: Known, fund_ref: str) -> Row | None:
    """Return a fund line's row in the latest of those returns that say what a directorate committed."""
    of_submission = {row["submission_id"]: row for row in _last_words(known)}
    told = [
        (of_submission[row["submission_id"]], row)
        for row in known.oracle.raw["investment"]
        if row["submission_id"] in of_submission and row["fund_ref"] == fund_ref
    ]
    if not told:
        return None
    return max(told, key=lambda each: (each[0]["financial_year"], each[0]["reporting_period"]))[1]


def _last_words(known: Known) -> list[Row]:
    """Return each directorate's last return in force, of one that has ended until its successor has one since."""
    last = {code: max(period for each, period in known.in_force if each == code) for code, _ in known.in_force}
    as_at = {
        period_key(row["financial_year"], row["reporting_period"]): row["as_at_date"]
        for row in known.oracle.rows_known("reporting_calendar", known.moment)
    }
    succeeded = {
        row["directorate_code"]
        for row in known.oracle.rows_known("directorate", known.moment)
        if row["successor_code"] in last and as_at[last[row["successor_code"]]] > row["valid_to"]
    }
    return [known.in_force[code, period] for code, period in last.items() if code not in succeeded]
