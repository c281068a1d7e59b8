"""Checks against the plan in force: whose line it is, what finance decided of it, which lines are missing.

Here belong D26 to D28 and D68. Not here: how the plan comes about (``reference.plan``), which lines are
open (``open_lines``), and comparing with earlier figures (``checks_history``).

All of them need a period that is collected, so that there is a plan to look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.words import plan
from sources.grammar.values import Suggestions
from sources.judging.case import Case
from sources.judging.follow_on import accounted_for, misread
from sources.judging.open_lines import open_lines
from sources.judging.registration import Line
from sources.parsing.rows import Row
from sources.reference.reference import PlanLine

CASHABLE, NON_CASHABLE = "Cashable", "Non-cashable"
_THOUSAND = 1000


def _lines_agree_with_the_plan(case: Case) -> Iterator[Fault]:
    """D26, D28, D68, line by line."""
    moved = _of_another_year(case)
    suggestions = Suggestions(sorted(dict(case.plan.keys())))
    seen: set[Line] = set()
    for row in case.savings:
        # A line that stands twice has a finding for that; which of the two is meant is not known.
        if row.key is None or row.key in seen:
            continue
        seen.add(row.key)
        line = case.plan_line(row)
        if line is not None and line.directorate_code != case.directorate:
            yield plan.NotYourLine(row.place("saving_ref"), *row.key, line.directorate_code)
        elif line is not None:
            yield from _differences(case, row, line)
        elif row.key in moved:
            yield plan.PlanYearDiffers(row.place("plan_year"), *moved[row.key])
        else:
            yield from _unregistered(case, row, suggestions)


def _of_another_year(case: Case) -> Mapping[Line, Line]:
    """Return by a row's line the planned line that it is, by another plan year: of one that no row has."""
    keys = dict.fromkeys(row.key for row in case.savings if row.key)
    missing = sorted(line for line in case.plan if line not in keys)
    found: dict[Line, Line] = {}
    for key in keys:
        planned = next((line for line in missing if line[0] == key[0]), None)
        if planned is not None and not case.reference.plan_in_force(*key, *case.period):
            missing.remove(planned)
            found[key] = planned
    return found


def _differences(case: Case, row: Row, line: PlanLine) -> Iterator[Fault]:
    if row.has("baseline_gbp") and row["baseline_gbp"] != line.baseline_gbp:
        in_thousands = looks_like_thousands(case, row["baseline_gbp"], line.baseline_gbp)
        differs = plan.BaselineInThousands if in_thousands else plan.BaselineDiffers
        yield differs(row.place("baseline_gbp"), line.baseline_gbp)
    said = row["cashable"]
    planned = CASHABLE if line.is_cashable else NON_CASHABLE
    if row.has("cashable") and said != planned:
        yield plan.CashableDiffers(row.place("cashable"), planned)


def looks_like_thousands(case: Case, entered: Decimal, planned: Decimal) -> bool:
    """Return whether an amount is about a thousandth of what the plan has (D12)."""
    thousandth = planned / _THOUSAND
    return entered > 0 and abs(entered - thousandth) <= case.reference.limit("unit_slip_band") * thousandth


def _unregistered(case: Case, row: Row, suggestions: Suggestions) -> Iterator[Fault]:
    """D28: quarantined; D68: unless it stands in force under another directorate for this period."""
    for past in case.history.returns():
        if past.period == case.period and past.directorate_code != case.directorate and row.key in past.lines:
            line = row["saving_ref"], row["plan_year"]
            yield plan.ReportedByAnother(row.place("saving_ref"), *line, past.directorate_code)
            return
    if not case.is_registered(row):
        near = suggestions.nearest(row["saving_ref"])
        other = near if near != row["saving_ref"] else None
        yield plan.NotRegistered(row.place("saving_ref"), row["saving_ref"], row["plan_year"], other)


def quarantined(case: Case) -> int:
    """Return how many rows are quarantined: their line is not registered (R33)."""
    return sum(row.key is not None and not case.is_registered(row) for row in case.savings)


def _no_line_is_missing(case: Case) -> Iterator[Fault]:
    """D27: an open line is in the return; a return without rows is Nil, and Nil has no open lines (R43)."""
    lines = open_lines(case.directorate, case.period, case.reference, case.history)
    if case.is_nil:
        if lines:
            refs = tuple(sorted({ref for ref, _ in lines}))
            yield plan.NilWithOpenLines(case.form.place("return_type"), len(lines), refs)
    elif not case.savings.rows:
        yield plan.NoLines(Place(case.savings.raw.name))
    else:
        yield from _missing_lines(case, lines)


def _missing_lines(case: Case, lines: Mapping[Line, str]) -> Iterator[Fault]:
    """Name each open line that no row has, unless a row's misread key accounts for it."""
    keys = [row.key for row in case.savings if row.key]
    # One by another plan year has been named with its row.
    missing = sorted(lines.keys() - set(keys) - set(_of_another_year(case).values()))
    explained = accounted_for([*_misread_keys(case), *_repeated_refs(keys)], [ref for ref, _ in missing])
    strangers = {row["saving_ref"]: row for row in case.savings if row.key and not case.is_registered(row)}
    suggestions = Suggestions(strangers)
    for ref, plan_year in missing:
        if ref in explained:
            continue
        said = ref, plan_year, lines[ref, plan_year]
        # An unregistered row may be the line, by another plan year or a slip in its reference.
        instead = strangers.get(ref) or strangers.get(suggestions.nearest(ref) or "")
        if instead is None:
            yield plan.LineMissing(Place(case.savings.raw.name, "", "saving_ref"), *said)
        else:
            column = "plan_year" if instead["saving_ref"] == ref else "saving_ref"
            yield plan.LineMissingOrMistyped(instead.place(column), *said)


def _misread_keys(case: Case) -> list[str]:
    """Return what stands in the place of the reference in each row whose line cannot be relied on."""
    unsound = misread(case.savings, "saving_ref")
    of_year = [
        str(row["saving_ref"]) for row in case.savings if row.has("saving_ref") and not row.is_sound("plan_year")
    ]
    return [*unsound, *of_year]


def _repeated_refs(keys: Sequence[Line]) -> list[str]:
    """Return the reference of each row whose line stood before: it may have been meant for another."""
    return [ref for (ref, _), times in Counter(keys).items() for _ in range(times - 1)]


CHECKS = (_lines_agree_with_the_plan, _no_line_is_missing)
