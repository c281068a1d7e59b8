"""What of a reference folder only a post may change: who may decide, and by what figures are measured.

Here belongs the list, and what two folders differ in of it. Not here: adopting a folder
(``intake.adoption``), and what a post may do (``authority``).

Source: ruling D-1.
"""

from __future__ import annotations

from collections import Counter

from sources.reference.folder_reader import SOURCE_LINE, Row
from sources.reference.reference import Reference

# Whoever may change these gives authority, moves a limit that a check goes by, or changes what a report printed.
GOVERNED_TABLES = (
    "post",
    "finance_bp",
    "setting",
    "published_claim",
    "decision",
    "report",
    "fund",
    "printed_plan_total",
)


def governed_changes(before: Reference, after: Reference) -> tuple[str, ...]:
    """Return the governed files in which two folders differ, whatever the order of their rows."""
    changed = [f"{name}.csv" for name in GOVERNED_TABLES if _rows(before, name) != _rows(after, name)]
    if _gives_a_desk_away(before, after):
        changed.append("os_group of directorate.csv")
    if _successors(before) != _successors(after):
        changed.append("successor_code of directorate.csv")
    return tuple(changed)


def _successors(reference: Reference) -> frozenset[tuple[object, ...]]:
    """Return who succeeds whom, and when: a successor sends for who was before it, and decides nothing about it."""
    return frozenset(
        (row["directorate_code"], row["successor_code"], row["valid_to"])
        for row in reference.tables["directorate"]
        if row["successor_code"]
    )


def _gives_a_desk_away(before: Reference, after: Reference) -> bool:
    """Return whether another group would read the desk of a directorate that there was before."""
    new = after.desk_groups()
    return any(new.get(code, group) != group for code, group in before.desk_groups().items())


def _rows(reference: Reference, name: str) -> Counter[frozenset[tuple[str, object]]]:
    return Counter(map(_content, reference.tables[name]))


def _content(row: Row) -> frozenset[tuple[str, object]]:
    return frozenset((column, value) for column, value in row.items() if column != SOURCE_LINE)
