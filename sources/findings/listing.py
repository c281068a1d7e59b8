"""Items and counts in a sentence.

Here belongs what any text for people may use. Not here: what the texts say (``findings.words``).
"""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: int, thing: str) -> str:
    """Return a count with its noun: ``1 row``, ``2,000 rows``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def listed(items: Iterable[object], most: int = 15) -> str:
    """Return items for a sentence, ``3, 4, 5 and 2 more``."""
    words = [str(item) for item in items]
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"


def joined_by_and(items: Iterable[object]) -> str:
    """Return all items as one part of a sentence, ``A, B and C``."""
    *others, last = map(str, items)
    return f"{', '.join(others)} and {last}" if others else last
