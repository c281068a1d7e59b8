"""What the reporting marts have to show at a moment, the plain way, to be compared with the SQL.

Here belong the rules of the reports once more, in Python, over what ``history_oracle`` says stands.
Not here: which row stands (``history_oracle``), the arithmetic of a row (``history_figures``), and
effects, themes and funds, which spread a line's pounds (``history_shares``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tests import history_figures as figures
from tests.history_figures import ZERO, Position, Standing
from tests.history_oracle import Key, Known
from tests.history_plan import Line, Row, period_key, year_key

CLOSEDOWN = 13


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


def trajectory(known: Known) -> dict[tuple[str, int, str], tuple[Decimal, ...]]:
    """P5: by plan year, period and directorate: counted, achieved, original baseline, baseline."""
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


def rag_summary(known: Known) -> dict[tuple[int, str, str], tuple[int, Decimal, int]]:
    """R46: by period, directorate and derived RAG: lines, baseline, lines whose submitted RAG differs."""
    sums: dict[tuple[int, str, str], tuple[int, Decimal, int]] = {}
    for line in cashable(known):
        rag = line.position.rag
        key = (line.period, line.directorate, rag)
        lines, pounds, differing = sums.get(key, (0, ZERO, 0))
        is_other = rag not in ("None", line.row["rag"])
        sums[key] = (lines + 1, pounds + line.position.baseline, differing + is_other)
    return sums


@dataclass(frozen=True)
class Accuracy:
    """How far a period's forecast was from what came (R47); the two shares are null where nothing came."""

    forecast: Decimal
    outturn: Decimal
    error: Decimal
    lines: int
    excluded: int

    @property
    def bias(self) -> Decimal | None:
        """Return the sum of what was too much over what came; positive is too optimistic."""
        return (self.forecast - self.outturn) / self.outturn if self.outturn else None

    @property
    def mean_absolute_error(self) -> Decimal | None:
        """Return the sum of the misses over what came."""
        return self.error / self.outturn if self.outturn else None


def accuracy(known: Known) -> dict[tuple[str, int, str], Accuracy]:
    """R47, F5: by plan year, forecast period and the directorate that made the forecast and has closed the year.

    A line that moved since is set against its outturn wherever it stands: it keeps its reference (R23).
    """
    came = _outturns(known)
    said = _forecasts(known)
    found = {}
    for (plan_year, period, directorate), forecast in said.items():
        closedown = year_key(plan_year) * 100 + CLOSEDOWN
        if period == closedown or (directorate, closedown) not in known.in_force:
            continue
        outturn = {line: amount for line, (_, amount) in came.items() if line[1] == plan_year}
        others = {line for key, lines in said.items() if key[:2] == (plan_year, period) for line in lines}
        own = {line for line in outturn if came[line][0] == directorate}
        both = forecast.keys() & outturn.keys()
        excluded = len(forecast.keys() - both) + len(own - others)
        if both or excluded:
            found[plan_year, period, directorate] = Accuracy(
                sum((forecast[line] for line in both), ZERO),
                sum((outturn[line] for line in both), ZERO),
                sum((abs(forecast[line] - outturn[line]) for line in both), ZERO),
                len(both),
                excluded,
            )
    return found


def _outturns(known: Known) -> dict[Line, tuple[str, Decimal]]:
    """Return of each cashable line what its plan year's own closedown counted, and under whom it stood."""
    return {
        (line.saving_ref, line.plan_year): (line.directorate, line.position.counted)
        for line in cashable(known)
        if line.period == year_key(line.plan_year) * 100 + CLOSEDOWN
        and line.position.carried_from in (None, line.period)
    }


def _forecasts(known: Known) -> dict[tuple[str, int, str], dict[Line, Decimal]]:
    """Return by plan year, period of that year and directorate what counted of each cashable, registered line."""
    found: dict[tuple[str, int, str], dict[Line, Decimal]] = {}
    for (directorate, period), submission in _last_not_restated(known).items():
        found[submission["financial_year"], period, directorate] = {}
        for row in known.oracle.lines.get(submission["submission_id"], []):
            is_of_its_year = year_key(row["plan_year"]) == period // 100
            if is_of_its_year and row["cashable"] == "Cashable" and known.registered(submission, row):
                lines = found[row["plan_year"], period, directorate]
                lines[row["saving_ref"], row["plan_year"]] = figures.counted(row)
    return found


def _last_not_restated(known: Known) -> dict[tuple[str, int], Row]:
    """Return by directorate and period the version accepted last that is no Restatement and was not withdrawn."""
    latest: dict[tuple[str, int], Row] = {}
    for row in sorted(known.oracle.raw["submission"], key=lambda row: row["receipt_seq"]):
        is_known = row["accepted_at"] is not None and row["accepted_at"] <= known.moment
        is_withdrawn = row["withdrawn_at"] is not None and row["withdrawn_at"] <= known.moment
        if is_known and not is_withdrawn and row["return_type"] != "Restatement":
            latest[row["directorate_code"], period_key(row["financial_year"], row["reporting_period"])] = row
    return latest


def bridge(known: Known) -> dict[tuple[str, int, str], dict[str, Decimal]]:
    """P2, R56: by plan year, period and directorate each step's pounds; what was not reported by the coverage."""
    steps: dict[tuple[str, int, str], dict[str, Decimal]] = {}
    for (directorate, plan_year, period), coverage in known.coverage().items():
        not_reported = coverage.not_reported
        steps[plan_year, period, directorate] = defaultdict(Decimal, baseline=not_reported, not_reported=not_reported)
    for line in cashable(known):
        found = steps[line.plan_year, line.period, line.directorate]
        position = line.position
        for step, amount in (
            ("baseline", position.baseline),
            ("delivered", position.delivered),
            ("on_track", position.counted - position.delivered),
            ("deferred", line.row["deferred_gbp"]),
            ("undeliverable", position.decided),
            ("unexplained", position.unexplained),
            ("over_achieved", position.over_achieved),
            ("mitigated", position.mitigated),
        ):
            found[step] += amount
    return steps


def latest_period(known: Known) -> int:
    """Return the latest open period of all years."""
    return max(known.open_periods)


def standing_in(known: Known, period: int) -> Iterator[tuple[Key, str, Standing]]:
    """Yield each cashable line of a period, the directorate that it stands under, and its row."""
    for key, (under, standing) in known.standing.items():
        if key[2] == period and standing.row["cashable"] == "Cashable":
            yield key, under, standing
