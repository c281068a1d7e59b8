"""How far forecasts were from what came, and what that makes of the present ones, the plain way (R47).

Here belong forecast accuracy and the realism projection. Not here: which row stands
(``history_oracle``) and the other reports (``history_reports``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests import history_figures as figures
from tests.history_figures import ZERO, ratio, to_the_penny
from tests.history_oracle import Known
from tests.history_plan import Line, Row, period_key, year_key
from tests.history_reports import Stands, cashable

CLOSEDOWN = 13


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
        return ratio(self.forecast - self.outturn, self.outturn)

    @property
    def mean_absolute_error(self) -> Decimal | None:
        """Return the sum of the misses over what came."""
        return ratio(self.error, self.outturn)


def accuracy(known: Known) -> dict[tuple[str, int, str], Accuracy]:
    """R47, F5: by plan year, forecast period and the directorate that made the forecast and has closed the year.

    A line that moved since is set against its outturn wherever it stands: it keeps its reference (R23), once.
    """
    came = _outturns(known)
    held = _held(known)
    said = _forecasts(known)
    found = {}
    for (plan_year, period, directorate), forecast in said.items():
        closedown = year_key(plan_year) * 100 + CLOSEDOWN
        if period == closedown or (directorate, closedown) not in known.in_force:
            continue
        outturn = {line: amount for line, (_, amount) in came.items() if line[1] == plan_year}
        others = {line for key, lines in said.items() if key[:2] == (plan_year, period) for line in lines}
        own = {line for line in outturn if came[line][0] == directorate}
        both = {line for line in forecast.keys() & outturn.keys() if held[period, line] == directorate}
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
        lines = found.setdefault((submission["financial_year"], period, directorate), {})
        for row in _rows_forecast(known, submission, period):
            lines[row["saving_ref"], row["plan_year"]] = figures.counted(row)
    return found


def _rows_forecast(known: Known, submission: Row, period: int) -> Iterator[Row]:
    for row in known.oracle.lines.get(submission["submission_id"], []):
        is_of_its_year = year_key(row["plan_year"]) == period // 100
        if is_of_its_year and row["cashable"] == "Cashable" and known.registered(submission, row):
            yield row


def _held(known: Known) -> dict[tuple[int, Line], str]:
    """F6: by period and line whose forecast is held to the outturn: that of its directorate now, else the last one."""
    said = [
        (not known.is_moved(submission, row), submission["receipt_seq"], period, row, directorate)
        for (directorate, period), submission in _last_not_restated(known).items()
        for row in _rows_forecast(known, submission, period)
    ]
    ordered = sorted(said, key=lambda each: each[:2])
    return {(period, (row["saving_ref"], row["plan_year"])): directorate for _, _, period, row, directorate in ordered}


def _last_not_restated(known: Known) -> dict[tuple[str, int], Row]:
    """Return by directorate and period the version accepted last that is no Restatement and was not withdrawn."""
    latest: dict[tuple[str, int], Row] = {}
    for row in sorted(known.oracle.raw["submission"], key=lambda row: row["receipt_seq"]):
        is_known = row["accepted_at"] is not None and row["accepted_at"] <= known.moment
        is_withdrawn = row["withdrawn_at"] is not None and row["withdrawn_at"] <= known.moment
        if is_known and not is_withdrawn and row["return_type"] != "Restatement":
            latest[row["directorate_code"], period_key(row["financial_year"], row["reporting_period"])] = row
    return latest


def realism(known: Known) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return projected, low, adjusted, high, years closed and lines looked at, by plan year and directorate."""
    of_past = accuracy(known)
    own_years = [line for line in cashable(known) if line.period // 100 == year_key(line.plan_year)]
    latest = {year: max(line.period for line in own_years if line.plan_year == year) for _, year in _keys(own_years)}
    sums: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
    for line in own_years:
        if line.period == latest[line.plan_year] and line.period % 100 < CLOSEDOWN:
            key = (line.plan_year, line.directorate)
            projected, ceiling = sums.get(key, (ZERO, ZERO))
            sums[key] = (projected + line.position.counted, ceiling + line.position.baseline)
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for (plan_year, directorate), (projected, ceiling) in sums.items():
        closed = [
            past
            for (year, period, code), past in of_past.items()
            if code == directorate
            and year < plan_year
            and period % 100 == latest[plan_year] % 100
            and past.forecast > 0
        ]
        adjusted = [min(to_the_penny(projected * rate), ceiling) for rate in _rates(closed)] or [None] * 3
        found[plan_year, directorate] = (projected, *adjusted, len(closed), sum(past.lines for past in closed))
    return found


def _keys(lines: Iterable[Stands]) -> set[Line]:
    return {(line.saving_ref, line.plan_year) for line in lines}


def _rates(closed: Sequence[Accuracy]) -> list[Decimal]:
    """Return outturn over forecast: the lowest of a year, of all years together, the highest of a year."""
    if not closed:
        return []
    of_years = [ratio(past.outturn, past.forecast) or ZERO for past in closed]
    together = ratio(sum((past.outturn for past in closed), ZERO), sum((past.forecast for past in closed), ZERO))
    return [min(of_years), together or ZERO, max(of_years)]
