"""The Return sheet: labels in one column, values in the next.

Here belongs finding each label's value cell. Not here: reading the values (``readings``) and judging
them (``judging.checks_return``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.words import form as words
from sources.parsing.sheet_grid import Grid, label_in, label_key
from sources.parsing.sheets import sheets_named
from sources.reader.cells import Cell, Workbook, address
from sources.template.declaration import RETURN_FIELDS, RETURN_SHEET, Sheet

# The labels as a sheet of the template, so that one model and one grammar serve both.
RETURN_FORM = Sheet(name=RETURN_SHEET, table="return", key=(), columns=RETURN_FIELDS)

# The template fills these by formula: a formula in them is expected.
CONTROL_FIELDS = frozenset(column.name for column in RETURN_FIELDS if column.name.startswith("control_"))


@dataclass(frozen=True)
class RawForm:
    """The cells of a Return sheet.

    Attributes:
        name: The sheet's name in the file.
        cells: By label the value's cell; a label whose value is empty is missing.
        addresses: By label where its value belongs; a label that is not there is missing.
        repeated: Labels that stand there twice, with the address of the second value.
    """

    name: str
    cells: Mapping[str, Cell]
    addresses: Mapping[str, str]
    repeated: Mapping[str, str]

    def place(self, label: str) -> Place:
        """Return where a label's value is, as far as it is there."""
        return Place(self.name, self.addresses.get(label, ""), label)


def find_form(book: Workbook) -> RawForm | Fault:
    """Return the Return sheet's cells, or the finding that refuses a file without one."""
    sheets = sheets_named(book, RETURN_SHEET)
    if len(sheets) > 1:
        return words.TwoReturnSheets(Place())
    form = _read(Grid(sheets[0])) if sheets else None
    if form is None:
        hidden = {sheet.state for sheet in sheets_named(book, RETURN_SHEET, visible=False) if sheet.cells}
        if not hidden:
            return words.NotAReturn(Place())
        return (words.ReturnHidden if "hidden" in hidden else words.ReturnVeryHidden)(Place())
    return form


def _read(grid: Grid) -> RawForm | None:
    # By heading; by name as version 1.0 had them.
    labels = {label_key(word): column.name for column in RETURN_FIELDS for word in (column.name, column.heading)}
    found = [
        (number, row, labels[key])
        for row, cells in grid.rows.items()
        for number, cell in cells.items()
        if (key := label_key(label_in(cell))) in labels
    ]
    if not found:
        return None
    # Column A in the template; a blank column before it moves all labels alike.
    column = Counter(number for number, _, _ in found).most_common(1)[0][0]
    cells: dict[str, Cell] = {}
    addresses: dict[str, str] = {}
    repeated: dict[str, str] = {}
    for number, row, label in found:
        if number != column:
            continue
        if label in addresses:
            repeated[label] = address(row, column + 1)
            continue
        addresses[label] = address(row, column + 1)
        if column + 1 in grid.rows[row]:
            cells[label] = grid.rows[row][column + 1]
    return RawForm(grid.source.name, cells, addresses, repeated)
