"""How high a row has to be for its text: what a program writes into a sheet makes no room for itself.

Here belongs the estimate, a little on the high side, for Arial of 10 points. Not here: how wide the
columns are (``looks``).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from functools import lru_cache

# Pixels: of a unit of width, around a cell's text, of a character as running text has them.
_UNIT, _MARGIN, _INDENT = 7, 8, 9
_CHARACTER, _BOLD_CHARACTER = 5.9, 6.6
# Points: of a line, and around all of them.
_LINE, _AROUND = 13, 4
# Excel has no higher row.
_HIGHEST = 409


# The same notes are on every workbook, and on desks there are many.
@lru_cache(maxsize=4096)
def lines_needed(text: str, width: float, *, is_bold: bool = False, is_indented: bool = False) -> int:
    """Return on how many lines a text goes in a cell that wraps.

    Args:
        text: The text; its own line breaks count.
        width: Of the column, or of all that are merged.
        is_bold: Bold letters are wider.
        is_indented: Whether the text begins further in.
    """
    room = width * _UNIT - _MARGIN - (_INDENT if is_indented else 0)
    letters = max(int(room / (_BOLD_CHARACTER if is_bold else _CHARACTER)), 1)
    return sum(max(len(textwrap.wrap(part, letters)), 1) for part in text.splitlines() or [""])


def height(counts: Iterable[int], least: float) -> float:
    """Return the height of a row whose cells have so many lines, and which is never lower than the least."""
    return min(max(least, _LINE * max(counts, default=1) + _AROUND), _HIGHEST)
