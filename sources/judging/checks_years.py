"""Checks of a line over the years: deferred again, below a close, above a later period, achieved too early.

Here belong D42, D54, D72, D76 and D77. Not here: what moved since the previous period (``checks_history``),
and which years a pound is delivered in (dbt).

All of them need a period that is collected.
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.findings.fault import Fault
from sources.findings.words import history
from sources.judging.case import Case
from sources.judging.checks_lines import is_placeable
from sources.judging.history import CLOSEDOWN, PastRow, PreviousReturn
from sources.judging.line_history import close_before, counted, times_deferred, years_deferred_to
from sources.parsing.rows import Row


def _deferred_again(case: Case) -> Iterator[Fault]:
    """D42: the latest year it goes to moved further out in a later period (R49)."""
    for row in case.savings:
        until = case.deferred_until(row) if row.amount("deferred_gbp") > 0 else None
        if row.key is None or until is None:
            continue
        years = [*years_deferred_to(case.history, row.key, case.reference, case.period), until]
        times = times_deferred(years)
        if times > 1:
            went = ", then ".join(dict.fromkeys(years))
            yield history.DeferredAgain(row.place("deferred_to_year"), times, went)


def _not_below_the_close(case: Case) -> Iterator[Fault]:
    """D54: after its plan year a line counts no less than at the last close, or its baseline if that is less (R37)."""
    for row in case.savings:
        if row.key is None or row["plan_year"] >= case.year or not is_placeable(row):
            continue
        close, line = close_before(case.history, row.key, case.reference, case.year), case.plan_line(row)
        if close is None:
            continue
        least = min(counted(close), line.baseline_gbp if line else row.amount("baseline_gbp"))
        if counted(row) < least:
            yield history.BelowTheClose(row.place("projected_gbp"), least)


def _close_above_a_later_period(case: Case) -> Iterator[Fault]:
    """D72: what counts at this year's close is above what a later year has in force (R37)."""
    returns = case.history.returns()
    own_year = (past for past in returns if past.financial_year == case.year)
    if any(past.directorate_code == case.directorate and past.period > case.period for past in own_year):
        return
    later = [past for past in returns if past.financial_year > case.year]
    for row in case.savings:
        below = _first_below(row, later)
        if below is not None:
            year, period = below[0].period
            later_amount = counted(below[1])
            yield history.CloseAboveLaterPeriod(row.place("projected_gbp"), period, year, later_amount)


def _first_below(row: Row, later: list[PreviousReturn]) -> tuple[PreviousReturn, PastRow] | None:
    if row.key is None or not is_placeable(row):
        return None
    lines = [(past, past.lines[row.key]) for past in later if row.key in past.lines]
    return next(((past, line) for past, line in lines if counted(line) < counted(row)), None)


def _achieved_is_what_counts_at_the_close(case: Case) -> Iterator[Fault]:
    """D76: at closedown a line has achieved what counts; what is still to come is deferred or undeliverable."""
    if case.period[1] != CLOSEDOWN:
        return
    differs = history.SavedIsNotWhatCountsWhenCertified if case.says_certified else history.SavedIsNotWhatCounts
    for row in case.savings:
        if (
            not is_placeable(row)
            or not row.has("achieved_to_date_gbp")
            or not row.has("plan_year")
            or row["plan_year"] > case.year
        ):
            continue
        achieved = min(row["achieved_to_date_gbp"], row.amount("baseline_gbp"))
        if achieved != counted(row):
            yield differs(row.place("achieved_to_date_gbp"), achieved, counted(row))


def _nothing_is_achieved_before_the_plan_year(case: Case) -> Iterator[Fault]:
    """D77: it is kept as entered, and counts from the plan year on (R37)."""
    for row in case.savings:
        if (
            row.has("plan_year", "achieved_to_date_gbp")
            and row["plan_year"] > case.year
            and row["achieved_to_date_gbp"]
        ):
            saved = row["achieved_to_date_gbp"], row["plan_year"]
            yield history.SavedBeforePlanYear(row.place("achieved_to_date_gbp"), *saved)


CHECKS = (
    _deferred_again,
    _not_below_the_close,
    _close_above_a_later_period,
    _achieved_is_what_counts_at_the_close,
    _nothing_is_achieved_before_the_plan_year,
)
