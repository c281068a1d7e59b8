"""Which sheet of the template a sheet of another name may have been meant for.

Here belongs the likeness of names and headings alone. Not here: which sheets are read and what is
said of the others (``sheets``).

Source: ruling B6: nothing that looks like data is passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from sources.grammar.values import normalise_name
from sources.parsing.sheet_grid import Grid
from sources.parsing.sheet_headers import MOST_TITLE_ROWS, required_found
from sources.reader.cells import Cell, SheetCells
from sources.template.declaration import RETURN_SHEET, SHEETS, Sheet

# Of what is left of a name without numbers and the words that Excel and people add to a copy.
_ADDED = re.compile(r"\b(?:copy|of|final|draft|new|old|v|fy|p|q)\b|[\W\d_]+")
_ALIKE = 0.8
_FEWEST_HEADINGS = 3


def nearly(sheet: SheetCells) -> str | None:
    """Return the name of the template's sheet that a filled sheet nearly is, by its name or its headings."""
    grid = Grid(sheet)
    if len(grid.rows) <= 1:
        return None
    for name in (RETURN_SHEET, *(each.name for each in SHEETS)):
        if _are_alike(sheet.name, name):
            return name
    return next((each.name for each in SHEETS if _has_its_headings(grid.rows, each)), None)


def _are_alike(name: str, of_template: str) -> bool:
    wanted = normalise_name(of_template)
    bare = " ".join(_ADDED.sub(" ", normalise_name(name.replace("_", " "))).split())
    return any(SequenceMatcher(None, each, wanted).ratio() >= _ALIKE for each in (normalise_name(name), bare))


def _has_its_headings(rows: Mapping[int, Mapping[int, Cell]], sheet: Sheet) -> bool:
    """Return whether a row holds half of a sheet's required headings, and more rows follow it."""
    last = max(rows)
    for row, cells in rows.items():
        found, required = required_found(cells, sheet)
        if row <= MOST_TITLE_ROWS + 1 and row < last and found >= max(_FEWEST_HEADINGS, required / 2):
            return True
    return False
