"""Checks of change: this return against what was in force before it.

Here belong D12, D13, D29 to D31, D70, and D58 across directorates. Not here: missing lines
(``checks_plan``), closes and deferrals over the years (``checks_years``), and which version is
replaced (``checks_return``).

"The previous period" is the directorate's latest earlier period in force, of any year (R52). All of
them need a period that is collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.words import history
from sources.grammar.values import normalise_name
from sources.judging.case import Case
from sources.judging.checks_plan import looks_like_thousands
from sources.judging.history import CLOSEDOWN, PastRow
from sources.parsing.rows import ZERO, Row

_SCALED_COLUMNS = ("baseline_gbp", "projected_gbp", "full_year_effect_gbp", "achieved_to_date_gbp")
# These are of the size of projected; a column of them in thousands shows beside it (D12).
_LIKE_PROJECTED = ("achieved_to_date_gbp", "full_year_effect_gbp")
_LEAST_LINES_IN_THOUSANDS = 3
_DIGIT_COLUMNS = ("projected_gbp", "full_year_effect_gbp")
_SHIFTS = (10, 100, 1000)
# What every period says anew of a line; the rest is carried by the template.
_SAID_ANEW = ("achieved_to_date_gbp", "projected_gbp")
_DELIVERED = "Delivered"
# Worst last; Grey says nothing of better or worse.
_RAG_ORDER = {"Blue": 0, "Green": 1, "Amber": 2, "Red": 3}


def _against_the_previous_period(case: Case) -> Iterator[Fault]:
    """D12, D13, D29 to D31: what moved on each line since the previous period."""
    if case.previous is None:
        return
    for row in case.savings:
        before = case.previous.lines.get(row.key) if row.key else None
        if before is None:
            continue
        slips = [*_unit_slips(case, row, before)]
        slips += _digit_slips(case, row, before, {slip.column for slip in slips})
        yield from slips
        yield from _falling_actual(row, before)
        if "projected_gbp" not in {slip.column for slip in slips}:
            yield from _moved_projection(case, row, before)
            yield from _against_the_rag(row, before)


def _unit_slips(case: Case, row: Row, before: PastRow) -> Iterator[Fault]:
    """D12: over 500 times or under a 500th of the previous amount."""
    factor = case.reference.limit("unit_slip_factor")
    for column in _SCALED_COLUMNS:
        now, then = row[column], before[column]
        if not row.has(column) or not now or not then:
            continue
        if now > factor * then or now * factor < then:
            slip = history.FarBelowLastPeriod if now < then else history.FarAboveLastPeriod
            yield slip(row.place(column), then)


def _digit_slips(case: Case, row: Row, before: PastRow, already: set[str]) -> Iterator[Fault]:
    """D13: near 10, 100 or 1000 times the previous amount, or that part of it, with nothing to explain it."""
    band = case.reference.limit("digit_shift_band")
    for column in _DIGIT_COLUMNS:
        now, then = row[column], before[column]
        if column in already or not row.has(column) or not now or not then:
            continue
        ratio = max(now / then, then / now)
        is_shift = any(abs(ratio - shift) <= band * shift for shift in _SHIFTS)
        if is_shift and not _is_explained(case, row, before, now - then):
            yield history.DigitSlip(row.place(column), then)


def _is_explained(case: Case, row: Row, before: PastRow, moved: Decimal) -> bool:
    """Return whether deferred and undeliverable moved the other way by the same amount."""
    elsewhere = row.amount("deferred_gbp") + row.amount("undeliverable_gbp")
    elsewhere -= (before["deferred_gbp"] or ZERO) + (before["undeliverable_gbp"] or ZERO)
    return abs(elsewhere + moved) <= case.reference.limit("digit_shift_tolerance_gbp")


def _falling_actual(row: Row, before: PastRow) -> Iterator[Fault]:
    """D29."""
    then = before["achieved_to_date_gbp"]
    if row.has("achieved_to_date_gbp") and then is not None and row["achieved_to_date_gbp"] < then:
        yield history.SavedHasFallen(row.place("achieved_to_date_gbp"), then, row["achieved_to_date_gbp"])


def _moved_projection(case: Case, row: Row, before: PastRow) -> Iterator[Fault]:
    """D30: by more than the larger of £50,000 and a tenth of the previous amount."""
    then = before["projected_gbp"]
    if not row.has("projected_gbp") or then is None:
        return
    moved = row["projected_gbp"] - then
    if abs(moved) > max(case.reference.limit("movement_gbp"), case.reference.limit("movement_share") * then):
        yield history.ProjectionMoved(row.place("projected_gbp"), moved, then)


def _against_the_rag(row: Row, before: PastRow) -> Iterator[Fault]:
    """D31: projected up while RAG worsens, or down while it gets better."""
    then, was = before["projected_gbp"], _RAG_ORDER.get(before["rag"])
    if not row.has("projected_gbp", "rag") or then is None or was is None or row["rag"] not in _RAG_ORDER:
        return
    worse = _RAG_ORDER[row["rag"]] - was
    moved = row["projected_gbp"] - then
    if (moved > 0 and worse > 0) or (moved < 0 and worse < 0):
        yield history.AgainstTheRag(row.place("rag"), moved, before["rag"], row["rag"])


def _return_in_thousands(case: Case) -> Iterator[Fault]:
    """D12: projected is about a thousandth of the baseline in force on more than half of the lines."""
    lines = [(row, line) for row in case.savings if (line := case.plan_line(row)) and row.has("projected_gbp")]
    filled = [(row, line) for row, line in lines if row["projected_gbp"] and line.baseline_gbp]
    small = [row for row, line in filled if looks_like_thousands(case, row["projected_gbp"], line.baseline_gbp)]
    if filled and Decimal(len(small)) / len(filled) > case.reference.limit("unit_slip_line_share"):
        cells = tuple(row.place("projected_gbp").cell for row in small)
        yield history.AllInThousands(small[0].place("projected_gbp"), len(small), len(filled), cells)


def _column_in_thousands(case: Case) -> Iterator[Fault]:
    """D12: achieved or the full-year effect is about a thousandth of projected on more than half of the lines."""
    for column in _LIKE_PROJECTED:
        filled = [
            row for row in case.savings if row.has(column, "projected_gbp") and row[column] and row["projected_gbp"]
        ]
        small = [row for row in filled if looks_like_thousands(case, row[column], row["projected_gbp"])]
        if len(filled) < _LEAST_LINES_IN_THOUSANDS:
            continue
        if Decimal(len(small)) / len(filled) > case.reference.limit("unit_slip_line_share"):
            places = [row.place(column) for row in small]
            cells = tuple(place.cell for place in places)
            yield history.ColumnInThousands(places[0], len(small), len(filled), cells)


def _untouched(case: Case) -> Iterator[Fault]:
    """D70: achieved and projected of every line are the previous period's; a closedown is held for it."""
    if case.previous is None or case.previous.lines.keys() != {row.key for row in case.savings}:
        return
    # Of what is delivered in full nothing moves any more.
    if all(row["status"] == _DELIVERED for row in case.savings):
        return
    if all(_same_amounts(row, case.previous.lines[row.key]) for row in case.savings if row.key):
        is_closedown = case.period[1] == CLOSEDOWN
        unchanged = history.NothingChangedAtClosedown if is_closedown else history.NothingChanged
        year, period = case.previous.period
        yield unchanged(Place(case.savings.raw.name), period, year)


def _same_amounts(row: Row, before: PastRow) -> bool:
    return row.is_sound(*_SAID_ANEW) and all(row[column] == before[column] for column in _SAID_ANEW)


def _reported_by_another(case: Case) -> Iterator[Fault]:
    """D58 across directorates: the same title and baseline under another reference in this period."""
    elsewhere: dict[tuple[str, Decimal], tuple[str, str]] = {}
    for past in case.history.returns():
        if past.period == case.period and past.directorate_code != case.directorate:
            for (ref, _), line in past.lines.items():
                elsewhere[normalise_name(line["saving_title"]), line["baseline_gbp"]] = (ref, past.directorate_code)
    for row in case.savings:
        if row.has("saving_ref", "saving_title", "baseline_gbp") and row["baseline_gbp"] > 0:
            found = elsewhere.get((normalise_name(row["saving_title"]), row["baseline_gbp"]))
            if found and found[0] != row["saving_ref"]:
                yield history.SameSavingElsewhere(row.place("saving_ref"), found[1], found[0])


CHECKS = (
    _against_the_previous_period,
    _return_in_thousands,
    _column_in_thousands,
    _untouched,
    _reported_by_another,
)
