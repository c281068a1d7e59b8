"""What a sheet that is read reaches for outside its workbook: other workbooks, queries, linked pictures.

Here belongs telling which formulas, names and relationships of a sheet lead out of the file. Not
here: what a workbook may never hold, read or not (``package``), and what is said of a cell whose
formula leads out (``parsing``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sources.reader.package import relationships
from sources.reader.refusals import LINK, LINKED_PICTURE, QUERY, Refused
from sources.reader.zip_gate import Container

# Another workbook by its number, [1]Sheet!A1 or '[1]A sheet'!A1, or by its name in brackets; a DDE
# link; a function that fetches. [1] alone may be a column of a table.
_LEADS_OUT = re.compile(
    r"(?<![\w\].])\[\d+\][^\[\](),;]*!|\[[^\[\]]+\.(?:xl\w{1,3}|ods|csv)\]|'file:|^\s*\w+\||\b(?:WEBSERVICE|RTD)\(",
    re.IGNORECASE,
)
# One of these is in every formula that the expression finds; looking for them first takes a tenth of its time.
_SIGNS = ("[", "|", "'file:", "webservice(", "rtd(")
_NAME = re.compile(r"[\w.\\]+")
_HOLDS = frozenset({"table", "drawing", "vmlDrawing", "legacyDrawing"})
# How many names may stand between a formula and the one that leads out.
_MOST_STEPS = 5
_QUERIES = frozenset({"queryTable", "connections"})


class OutsideNames:
    """The defined names of a workbook that lead out of it, directly or over other names."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._outside: set[str] = set()
        meanings = {name.casefold(): meaning for name, meaning in names}
        for _ in range(_MOST_STEPS):
            self._outside |= {name for name, meaning in meanings.items() if self.leads_out(meaning)}

    def leads_out(self, formula: str) -> bool:
        """Return whether a formula needs anything outside the workbook."""
        folded = formula.casefold()
        if any(sign in folded for sign in _SIGNS) and _LEADS_OUT.search(formula):
            return True
        return bool(self._outside) and any(word.casefold() in self._outside for word in _NAME.findall(formula))


def refuse_links(container: Container, sheet: str, part: str) -> None:
    """Refuse a sheet that is read and is filled, or shows something, from outside the file.

    An address that one can click on is allowed: Excel makes one of every address that is typed.

    Raises:
        Refused: ``external-content``.
    """
    for source in _with_what_it_holds(container, part):
        for link in relationships(container, source):
            if link.kind in _QUERIES:
                raise Refused(QUERY, sheet)
            if link.is_outside and link.kind == "image":
                raise Refused(LINKED_PICTURE, sheet)
            if link.is_outside and link.kind != "hyperlink":
                raise Refused(LINK, f"{link.kind}, on the sheet {sheet}")


def _with_what_it_holds(container: Container, part: str) -> list[str]:
    """Return a sheet's part with its tables and drawings."""
    held = [one.target for one in relationships(container, part) if one.kind in _HOLDS]
    return [part, *held]
