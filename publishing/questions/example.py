"""What the documented questions are about in a release: its council's own periods, codes and reports.

Here belongs which period, directorate and report of a release is a telling example. Not here: the questions
(``publishing.questions.questions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from sources.grammar.years import year_starting

_CLOSE = 13
_HALF_YEAR = 6
# What a release says of the period that its questions are about: complete if one is, else the latest, else the first
# for which returns are asked.
_PERIOD = """
    select period_key, reporting_year, reporting_period, due_on
    from marts.dim_reporting_period
    where due_on is not null
    order by is_latest_complete_period desc, is_latest_period desc, period_key
    limit 1
"""
_PLAN_YEAR = """
    select plan_year.financial_year
    from marts.fct_savings_position as position
    inner join marts.dim_financial_year as plan_year on position.plan_year_key = plan_year.financial_year_key
    where position.is_current and position.is_cashable and position.period_key = ?
    group by plan_year.financial_year
    order by plan_year.financial_year = ? desc, plan_year.financial_year desc
    limit 1
"""
_DIRECTORATE = """
    select directorate.directorate_code, directorate.directorate_name
    from marts.dim_directorate as directorate
    left join marts.fct_savings_position as position
        on directorate.directorate_key = position.directorate_key
        and position.is_current and position.is_cashable and position.period_key = ?
        and position.plan_year_key = ?
    group by directorate.directorate_code, directorate.directorate_name
    order by sum(position.unexplained_gbp) desc nulls last, directorate.directorate_code
    limit 1
"""
_CLOSES = f"""
    select distinct period_key
    from marts.fct_savings_position
    where is_current and period_key % 100 = {_CLOSE} and carried_from_period_key is null
    order by period_key
"""  # noqa: S608 - a number of ours
_FORECASTS = """
    select distinct period_key
    from marts.fct_savings_position
    where is_current and period_key // 100 = ? and period_key % 100 <= ? and carried_from_period_key is null
    order by period_key
"""
_REPORT = """
    select report_code, meeting_date
    from marts.dim_report
    where meeting_date is not null
    order by meeting_date desc, report_code
    limit 1
"""
_WINDOW = """
    select window_from, window_to
    from marts.rpt_fund_return
    where window_from is not null
    group by window_from, window_to
    order by sum(committed_gbp) desc, window_from, window_to
    limit 1
"""


@dataclass(frozen=True)
class Example:
    """What the questions name.

    Attributes:
        period_key: The period, as facts have it.
        plan_year: The plan year of its figures.
        directorate_code: The directorate with the most unexplained pounds.
        directorate_name: Its name.
        forecast_key: A period before a close, to be compared with it; the period itself while there is no close.
        close_key: A close.
        next_close_key: The close after it.
        report_code: The latest report; empty where the council has none.
        since: The day of that report, or on which the period's returns were due.
        window_from: First year of the fund lines' window.
        window_to: Last year of it.
    """

    period_key: int
    plan_year: str
    directorate_code: str
    directorate_name: str
    forecast_key: int
    close_key: int
    next_close_key: int
    report_code: str
    since: date
    window_from: str
    window_to: str

    @property
    def day(self) -> str:
        """``since`` in words."""
        return f"{self.since.day} {self.since:%B %Y}"


def example_of(release: duckdb.DuckDBPyConnection) -> Example:
    """Return what the questions are about in an open release."""

    def first(sql: str, *parameters: object, otherwise: tuple[Any, ...] = ()) -> tuple[Any, ...]:
        return release.execute(sql, parameters).fetchone() or otherwise

    key, year, _, due_on = first(_PERIOD)
    (plan_year,) = first(_PLAN_YEAR, key, year, otherwise=(year,))
    directorate_code, directorate_name = first(_DIRECTORATE, key, int(plan_year[:4]))
    report_code, since = first(_REPORT, otherwise=("", due_on))
    window_from, window_to = first(_WINDOW, otherwise=(year, year_starting(key // 100 + 1)))
    closes = [close for (close,) in release.execute(_CLOSES).fetchall()]
    first_close = closes[-2] if len(closes) > 1 else closes[-1] if closes else key // 100 * 100 + _CLOSE
    forecasts = release.execute(_FORECASTS, [closes[-1] // 100, _HALF_YEAR]).fetchall() if closes else []
    return Example(
        period_key=key,
        plan_year=plan_year,
        directorate_code=directorate_code,
        directorate_name=directorate_name,
        forecast_key=forecasts[-1][0] if forecasts else key,
        close_key=first_close,
        next_close_key=closes[-1] if len(closes) > 1 else first_close + 100,
        report_code=report_code,
        since=since,
        window_from=window_from,
        window_to=window_to,
    )
