"""Where a finding is: a cell, a column, a sheet or the whole file.

Here belongs the place alone. Not here: what is wrong there (``findings.words``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.findings.shown import escaped


@dataclass(frozen=True)
class Place:
    """What a finding is about.

    Attributes:
        sheet: Name of the sheet; empty when it is about the file.
        cell: Address; empty when it is about no single cell.
        column: Column or label, by its field name.
        shown: What was entered, as far as it may be shown back.
    """

    sheet: str = ""
    cell: str = ""
    column: str = ""
    shown: str = ""

    @property
    def address(self) -> str:
        """Return the cell with its sheet, ``Savings!K14``; a sheet's name comes from the file."""
        sheet = escaped(self.sheet)
        return f"{sheet}!{self.cell}" if self.cell else sheet
