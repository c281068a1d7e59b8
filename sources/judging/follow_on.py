"""Which missing things are only the other side of a cell that could not be read.

Here belongs matching the two, so that one mistake is told once. Not here: the findings themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from sources.grammar.names import MOST_SUGGESTIONS
from sources.grammar.values import nearest
from sources.parsing.rows import Table


def misread(table: Table, column: str) -> list[str]:
    """Return what stands in a column's cells that have a finding of their own."""
    return [row.place(column).shown for row in table if not row.is_sound(column)]


def accounted_for(texts: Iterable[str], missing: Iterable[str]) -> set[str]:
    """Return which of the missing references the misread texts account for, one each.

    A text accounts for the reference that it resembles most, else for the first that is left; those
    beyond the first few are not compared.
    """
    left = sorted(set(missing))
    found: set[str] = set()
    for number, text in enumerate(texts):
        if left:
            match = (nearest(text, left) if number < MOST_SUGGESTIONS else None) or left[0]
            left.remove(match)
            found.add(match)
    return found
