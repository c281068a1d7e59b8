"""When a row of a return counts: its line, or one that it replaces, is in the plan in force (R33).

Here belongs that rule alone, for the return that is judged and for those before it. Not here: how the plan
comes about (``reference.plan``), and when a row that was quarantined comes in (dbt).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from sources.reference.reference import Reference

Line = tuple[str, str]  # saving_ref, plan_year
Period = tuple[str, str]  # financial year, reporting period: in the order of time
Replacements = Mapping[str, Collection[str]]  # by reference, what rows of one return say that it replaces


def replacements(pairs: Iterable[tuple[str, str | None]]) -> Replacements:
    """Return what each reference of a return replaces: more than one where it stands for several plan years."""
    found: dict[str, list[str]] = {}
    for ref, replaced in pairs:
        if replaced is not None:
            found.setdefault(ref, []).append(replaced)
    return found


def replaced_by(ref: str | None, replaces: Callable[[str], Collection[str]]) -> list[str]:
    """Return the reference that a row replaces, what that replaces, and so on, however many; a cycle ends it (F7)."""
    found = dict.fromkeys([ref] if ref is not None else [])  # in order, and quick to look into
    waiting = list(found)
    for each in waiting:
        further = [other for other in replaces(each) if other not in found]
        found.update(dict.fromkeys(further))
        waiting += further
    return waiting


def is_registered(
    line: Line, replaces_ref: str | None, replaces: Replacements, reference: Reference, period: Period
) -> bool:
    """Return whether the plan in force for a period lists a line, or one that it replaces, directly or not (R33).

    Args:
        line: The line.
        replaces_ref: What its row says that it replaces.
        replaces: What the other rows of its return replace.
        reference: The plan in force.
        period: The period that the return reports.
    """
    if reference.plan_in_force(*line, *period) is not None:
        return True
    chain = replaced_by(replaces_ref, lambda ref: replaces.get(ref, ()))
    return not reference.plan.refs(*period).isdisjoint(chain)
