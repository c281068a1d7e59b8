"""Rows that are no line: a cell or two without a reference, most often left over or typed by mistake.

Here belongs which rows those are, and that one thing is said of each. Not here: totals (``parsing.sheet_totals``)
and the reading of lines (``parsing.readings``).

Source: ruling A8.
"""

from __future__ import annotations

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.shown import shown_back
from sources.findings.words import layout
from sources.grammar.parsed import is_blank
from sources.parsing.rows import Entry, RawRow, RawTable, Row
from sources.template.declaration import SAVINGS, Need, Sheet


def is_stray(sheet: Sheet, row: RawRow) -> bool:
    """Return whether a row has no reference and less than half of what a line needs."""
    needed = {column.name for column in sheet.columns if column.need is Need.ALWAYS}
    filled = {name for name, cell in row.cells.items() if not is_blank(cell)}
    return sheet.key[0] not in filled and 2 * len(filled & needed) < len(needed)


def stray_row(raw: RawTable, row: RawRow) -> tuple[Row, Fault]:
    """Return a stray row, of which nothing is read and nothing follows, and the one thing to say of it."""
    entries = {column.name: Entry(column, _place(raw, row, column.name)) for column in raw.sheet.columns}
    for name, cell in row.cells.items():
        column = raw.sheet.column(name)
        place = Place(raw.name, cell.ref, name, shown_back(cell, column))
        entries[name] = Entry(column, place, is_read=False, is_sound=False)
    first, *_ = row.cells.values()
    says = layout.StrayRow if raw.sheet is SAVINGS else layout.StrayRowOfAnotherSheet
    fault = says(Place(raw.name, first.ref), row.number, tuple(cell.ref for cell in row.cells.values()))
    return Row(row.number, entries, is_stray=True), fault


def _place(raw: RawTable, row: RawRow, column: str) -> Place:
    return Place(raw.name, raw.address(column, row.number), column)
