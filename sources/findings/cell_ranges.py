"""Cells of a sheet in few words: those that follow each other in a column as a range, ``K5:K9``.

Here belongs the form of a list of cells. Not here: which cells have the same finding (``judging.settle``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from sources.findings.listing import listed

_CELL = re.compile(r"([A-Z]+)(\d+)")
_MOST_RANGES = 100


def cell_ranges(cells: Sequence[str]) -> str:
    """Return cells in the order given, as ``K5:K9, M2``."""
    parsed = [(match[1], int(match[2])) for match in map(_CELL.fullmatch, cells) if match]
    ranges = []
    for (letters, _), run in groupby(enumerate(parsed), key=lambda item: (item[1][0], item[1][1] - item[0])):
        rows = [row for _, (_, row) in run]
        ranges.append(f"{letters}{rows[0]}" if len(rows) == 1 else f"{letters}{rows[0]}:{letters}{rows[-1]}")
    return listed(ranges, most=_MOST_RANGES)
