"""From the reference folders that were in force one after the other to rows with a span.

Here belongs the folding of adoptions into ``known_from_at`` and ``known_to_at``, so that a build
can say what was known at any moment, reference included (R40). Not here: reading folders
(``sources.reference.reference``) and loading tables (``load_raw``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Adopted:
    """One reference file as it was in force from a moment on.

    Attributes:
        at: When it came into force, UTC without zone.
        rows: Its rows, typed.
    """

    at: datetime
    rows: Sequence[Row]


def known_spans(adoptions: Sequence[Adopted], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return each distinct row once for each unbroken span in which it was in force.

    Args:
        adoptions: In the order of their moments, all of one file.
        columns: What makes a row the same row; further columns are dropped.

    Returns:
        Rows of ``columns`` with ``known_from_at`` and ``known_to_at`` (null for the present ones):
        at any t, those with ``known_from_at`` <= t < ``known_to_at`` are the rows adopted last.

    Raises:
        ValueError: If the moments do not rise.
    """
    if any(later.at <= earlier.at for earlier, later in pairwise(adoptions)):
        raise ValueError("adoptions have to be given in the order of their moments")
    held: dict[tuple[Any, ...], list[int]] = {}
    for number, adopted in enumerate(adoptions):
        for row in adopted.rows:
            held.setdefault(tuple(row[column] for column in columns), []).append(number)
    starts = [adopted.at for adopted in adoptions]
    return [
        {
            **dict(zip(columns, values, strict=True)),
            "known_from_at": starts[first],
            "known_to_at": starts[last + 1] if last + 1 < len(starts) else None,
        }
        for values, numbers in held.items()
        for first, last in _runs(numbers)
    ]


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield first and last of each run of consecutive numbers."""
    first = last = numbers[0]
    for number in numbers[1:]:
        if number > last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
