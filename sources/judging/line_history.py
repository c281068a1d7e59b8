"""What became of one line in the returns in force before: its own rows, its closes, what it counted.

Here belongs the choice of rows that count (R33, F6), and what follows from one row. Not here: which returns
are in force (``history``), and the checks that ask (``checks_years``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby, pairwise

from sources.judging.history import History, PastRow, PreviousReturn
from sources.judging.registration import Line, Period, is_registered
from sources.parsing.rows import ZERO, Row
from sources.reference.reference import Reference
from sources.template.declaration import DEFERRALS, MULTIPLE_YEARS

OwnRow = tuple[PreviousReturn, PastRow]
_THE_BEGINNING = ("", "")


def past_of_line(history: History, line: Line, reference: Reference, before: Period) -> list[OwnRow]:
    """Return a line's own rows of all periods in force before one, in order: those that count, as the plan is now."""
    return list(_latest_back(history, line, reference, _THE_BEGINNING, before))[::-1]


def close_before(history: History, line: Line, reference: Reference, year: str) -> PastRow | None:
    """Return a line's row at the close of the year before, or of the last year that has one (R37).

    Closes before the plan year are none.
    """
    _, plan_year = line
    found = next(_latest_back(history, line, reference, (plan_year, ""), (year, "")), None)
    return found[1] if found else None


def _latest_back(history: History, line: Line, reference: Reference, since: Period, before: Period) -> Iterator[OwnRow]:
    for period, returns in groupby(_with_line(history, line, since, before), key=lambda past: past.period):
        telling = [past for past in returns if _counts(past, line, reference)]
        if telling:
            planned = reference.plan_in_force(*line, *period)
            owner = planned.directorate_code if planned else None
            # Of two directorates' rows the one whose line it is now stands (F6).
            past = next((each for each in telling if each.directorate_code == owner), telling[0])
            yield past, past.lines[line]


def _with_line(history: History, line: Line, since: Period, before: Period) -> Iterator[PreviousReturn]:
    # From the latest back: the close is nearly always the first that is looked at, and years of
    # returns need not be read.
    for past in reversed(history.returns()):
        period = past.period
        if period <= since:
            return
        if period < before and line in past.keys:
            yield past


def _counts(past: PreviousReturn, line: Line, reference: Reference) -> bool:
    return is_registered(line, past.lines[line]["replaces_ref"], past.replaces, reference, past.period)


def years_deferred_to(history: History, line: Line, reference: Reference, before: Period) -> list[str]:
    """Return the latest year that each of a line's own rows before a period defers to, of those that defer."""
    past = past_of_line(history, line, reference, before)
    return [year for each, row in past if (year := _deferred_until(each, line, row))]


def _deferred_until(past: PreviousReturn, line: Line, row: PastRow) -> str | None:
    """Return the latest year that an earlier row deferred to; None if it deferred nothing."""
    if not row["deferred_gbp"]:
        return None
    years = [row["deferred_to_year"]]
    if years == [MULTIPLE_YEARS]:
        parts = [part for part in past.read(DEFERRALS, None) if (part["saving_ref"], part["plan_year"]) == line]
        years = [part["deferred_to_year"] for part in parts]
    return max((str(year) for year in years if year), default=None)


def times_deferred(years: Sequence[str]) -> int:
    """Return how often a line was deferred, by the years it went to: again where that moved further out (R49)."""
    return sum(after > before for before, after in pairwise(["", *years]))


def counted(row: Row | PastRow) -> Decimal:
    """Return what of a row counts: projected, but not more than the baseline (R03)."""
    amount: Decimal = min(row["projected_gbp"] or ZERO, row["baseline_gbp"])
    return amount


def is_closed(row: PastRow, reference: Reference) -> bool:
    """Return whether nothing of a line was deferred or unexplained at a close (R51).

    Undeliverable pounds without a recorded decision are unexplained (R07).
    """
    undeliverable = row["undeliverable_gbp"] or ZERO
    if not (row["decision_ref"] and reference.decision_exists(row["decision_ref"])):
        undeliverable = ZERO
    deferred = row["deferred_gbp"] or ZERO
    return bool(deferred == 0 and row["baseline_gbp"] - counted(row) - undeliverable == 0)
