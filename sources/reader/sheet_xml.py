"""The XML of a worksheet: every cell, what hides or joins it, counted against the limits.

Here belongs what a sheet's elements mean. Not here: the safe reading of XML (``xml_gate``), what the
sheets of a workbook share (``book``), its other parts (``book_xml``), dates and format codes
(``cell_types``, in the parent), and what a cell's content means (``grammar.values``).
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from sources.reader import conditional_xml
from sources.reader.book import Book
from sources.reader.cells import MAX_COLUMN, MAX_ROW, CellKind, Marks, address
from sources.reader.refusals import Refused
from sources.reader.xml_gate import elements, local_name, spreadsheet_tags
from sources.reader.xml_values import (
    column_number,
    corners,
    is_true,
    only_text,
    rich_text,
    text_marks,
    unescape,
    whole_number,
)
from sources.reader.zip_gate import Container

# Kinds whose value is answered as the XML writes it.
_AS_WRITTEN = {"n": CellKind.NUMBER, "d": CellKind.DATE, "e": CellKind.ERROR}
_TAGS = (*spreadsheet_tags("row", "mergeCell", "col", "autoFilter"), *conditional_xml.TAGS)
_ROW_TAGS = spreadsheet_tags("row")
# What is refused of a part even if it is not read.
_SAFETY = frozenset({"xml-doctype", "zip-corrupt"})
# Looked up for every row, cell and value: a table is faster than taking the name apart.
_NAMES = {tag: tag.rpartition("}")[2] for tag in (*_TAGS, *spreadsheet_tags("c", "v", "f", "is"))}
_BOOLEANS = ("1", "0", "true", "false")
_MAX_DIGITS = 10
# A number takes 24 characters at most, an ISO date 30.
_LONGEST_VALUE = 64
# In points and in characters: less cannot be seen.
_LEAST_HEIGHT, _LEAST_WIDTH = 1.0, 0.1
# Of a sheet that is not read, so many filled rows or cells are enough to see what it is.
_HEAD_ROWS, _HEAD_CELLS = 60, 2_000


class SheetReader:
    """Reads one worksheet.

    Raises (from ``read``):
        Refused: ``used-range``, ``too-much-content``, ``cell-too-long``, ``xml-*``, ``zip-corrupt``.
    """

    def __init__(self, name: str, state: str, book: Book, *, is_read: bool = True) -> None:
        self._name = name
        self._state = state
        self._book = book
        self._is_read = is_read
        self._linked: list[list[int]] = []
        self._linked_shared: set[str] = set()
        self._linked_arrays: set[tuple[int, int]] = set()
        self._cells: list[list[Any]] = []
        self._merged: list[str] = []
        self._merged_rows: list[tuple[int, int]] = []
        self._struck: list[str] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: list[list[int]] = []
        self._filter_range = ""
        self._row = 0
        self._in_arrays: set[tuple[int, int]] = set()

    def read(self, container: Container, part: str) -> dict[str, Any]:
        """Return the sheet as the answer carries it."""
        handlers = {"row": self._read_row, "mergeCell": self._read_merge, "col": self._read_column}
        handlers |= {"autoFilter": self._read_filter, "conditionalFormatting": self._read_conditional}
        for element in elements(container, part, "worksheet", _TAGS):
            handlers[_NAMES[element.tag]](element)
        # Each is gone through row by row. Of Excel's own no two lie on each other, so this is never more than a sheet.
        filled = self._cells[-1][0] if self._cells else 0
        self._book.count_cells(sum(max(0, min(last, filled) - first + 1) for first, last in self._merged_rows))
        return self._answer()

    def look_at(self, container: Container, part: str) -> dict[str, Any]:
        """Return the first rows of a sheet that is not read: whatever is wrong further down is nobody's business.

        Raises:
            Refused: ``xml-doctype``, ``zip-corrupt``.
        """
        filled_rows = 0
        try:
            for element in elements(container, part, "worksheet", _ROW_TAGS):
                before = len(self._cells)
                self._read_row(element)
                filled_rows += len(self._cells) > before
                if filled_rows >= _HEAD_ROWS or len(self._cells) > _HEAD_CELLS:
                    break
        except Refused as refused:
            if refused.code in _SAFETY:
                raise
        container.leave(part)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        return {
            "name": self._name,
            "state": self._state,
            "cells": self._cells,
            "merged": self._merged,
            "struck": self._struck,
            "hidden_rows": self._hidden_rows,
            "hidden_columns": self._hidden_columns,
            "filter_range": self._filter_range,
            "linked": self._linked,
        }

    def _at(self, row: int, column: int) -> str:
        return f"{self._name}!{address(row, column)}"

    def _read_row(self, element: etree._Element) -> None:
        """Read one row's cells. Rows and cells may leave out their number: then they follow on."""
        row = whole_number(element.get("r"), self._row + 1, self._name)
        if row > MAX_ROW:
            raise Refused("used-range", f"{self._name}, row {row}")
        if row <= self._row:
            raise Refused("xml-corrupt", f"{self._name}, row {row} is out of order")
        self._row = row
        if len(element) == 0:
            return
        column = 0
        before = len(self._cells)
        row_text = str(row)
        for cell in element:
            if _NAMES.get(cell.tag) == "c":
                column = self._column_after(column, cell.get("r"), row_text)
                self._read_cell(cell, column)
            elif local_name(cell) != "extLst":  # passed over, it could hold a cell that nobody reads
                raise Refused("xml-corrupt", f"{self._name}, row {row_text}: a {local_name(cell)} among the cells")
        filled = len(self._cells) - before
        if self._is_read:
            self._book.count_cells(filled)
        if filled and (is_true(element.get("hidden")) or _is_less(element.get("ht"), _LEAST_HEIGHT)):
            self._hidden_rows.append(row)

    def _column_after(self, last_column: int, reference: str | None, row_text: str) -> int:
        """Return a cell's column; readers differ on cells out of order, so there are none."""
        column = last_column + 1 if reference is None else column_number(reference.removesuffix(row_text))
        if column > MAX_COLUMN:
            raise Refused("used-range", self._at(self._row, column))
        if column <= last_column:
            raise Refused("xml-corrupt", f"{self._name}, row {row_text}: a cell is out of order")
        return column

    def _read_cell(self, cell: etree._Element, column: int) -> None:
        """Add ``[row, column, kind, value, style, formula]``; a cell that is only formatted is none."""
        if len(cell) == 0:
            return
        children = {_NAMES.get(child.tag, ""): child for child in cell}
        where = (self._row, column)
        if len(children) < len(cell):
            raise Refused("xml-corrupt", f"{self._at(*where)} has two values")
        formula = self._formula(children.get("f"), where)
        kind, value = self._value(cell.get("t", "n"), children, where)
        if kind is CellKind.EMPTY and formula is None:
            return
        if self._row > self._book.limits.rows or column > self._book.limits.columns:
            raise Refused("used-range", self._at(*where))
        style = self._book.styles.get(cell.get("s"))
        if style is None:
            raise Refused("xml-corrupt", f"{self._at(*where)} has a format that is not there")
        self._cells.append([*where, kind, value, style, formula])

    def _formula(self, element: etree._Element | None, where: tuple[int, int]) -> str | None:
        """Return a formula's text, empty for the further cells of a shared or array formula."""
        if element is None:
            if where in self._linked_arrays:
                self._linked.append([*where])
            return "" if where in self._in_arrays else None
        is_linked = self._leads_out(element, where)
        if self._is_read and element.get("t") in ("array", "dataTable"):
            (first_row, first_column), (last_row, last_column) = corners(element.get("ref"), self._at(*where))
            self._book.count_range()
            self._book.count_cells(max(0, last_row - first_row + 1) * max(0, last_column - first_column + 1))
            rows, columns = range(first_row, last_row + 1), range(first_column, last_column + 1)
            in_array = {(row, column) for row in rows for column in columns}
            self._in_arrays |= in_array
            if is_linked:
                self._linked_arrays |= in_array
        return element.text or ""

    def _leads_out(self, element: etree._Element, where: tuple[int, int]) -> bool:
        """Return whether a formula needs another file, and note its cell; a shared one is written out only once."""
        shared = element.get("si") if element.get("t") == "shared" else None
        is_linked = self._book.names.leads_out(element.text) if element.text else shared in self._linked_shared
        if is_linked:
            self._linked.append([*where])
            if shared is not None:
                self._linked_shared.add(shared)
        return is_linked

    def _value(
        self, kind: str, children: dict[str, etree._Element], where: tuple[int, int]
    ) -> tuple[CellKind, int | str]:
        """Return a cell's kind, and its value: the number of a text, else as in the XML."""
        if kind == "inlineStr":
            inline = children.get("is")
            if inline is None:
                return CellKind.EMPTY, ""
            return CellKind.TEXT, self._text(rich_text(inline), where, text_marks(inline))
        element = children.get("v")
        text = "" if element is None else only_text(element, self._at(*where))
        if kind == "str" and element is not None:
            return CellKind.TEXT, self._text(unescape(text), where)
        text = text.strip()
        if not text:
            return CellKind.EMPTY, ""
        if len(text) > _LONGEST_VALUE:
            raise Refused("xml-corrupt", f"{self._at(*where)} holds a value of {len(text):,} characters")
        if kind == "s":
            return CellKind.TEXT, self._shared_text(text, where)
        if kind == "b" and text.lower() in _BOOLEANS:
            return CellKind.BOOLEAN, "1" if is_true(text) else "0"
        if kind in _AS_WRITTEN:
            return _AS_WRITTEN[kind], text
        raise Refused("xml-corrupt", f"{self._at(*where)} is of no kind that Excel has")

    def _shared_text(self, text: str, where: tuple[int, int]) -> int:
        number = int(text) if text.isdecimal() and len(text) < _MAX_DIGITS else self._book.shared_count
        if number >= self._book.shared_count:
            raise Refused("xml-corrupt", f"{self._at(*where)} names a text that is not there")
        self._take(self._book.texts[number], where)
        return number

    def _text(self, text: str, where: tuple[int, int], marks: Marks = Marks.PLAIN) -> int:
        self._take(text, where)
        return self._book.number_of(text, marks)

    def _take(self, text: str, where: tuple[int, int]) -> None:
        if len(text) > self._book.limits.text_length:
            raise Refused("cell-too-long", f"{self._at(*where)} holds {len(text):,} characters")
        if self._is_read:
            self._book.count_characters(len(text))

    def _read_merge(self, element: etree._Element) -> None:
        reference = element.get("ref", "")
        (first_row, _), (last_row, _) = corners(reference, f"{self._name}, a merged range")
        self._book.count_range()
        self._merged_rows.append((first_row, last_row))
        self._merged.append(reference)

    def _read_conditional(self, element: etree._Element) -> None:
        for reference in conditional_xml.struck_ranges(element, self._book.striking):
            corners(reference, f"{self._name}, a conditional format")
            self._book.count_range()
            self._struck.append(reference)

    def _read_column(self, element: etree._Element) -> None:
        if is_true(element.get("hidden")) or _is_less(element.get("width"), _LEAST_WIDTH):
            first = max(1, whole_number(element.get("min"), 1, self._name))
            # Beyond that there are no values that could be hidden.
            last = min(whole_number(element.get("max"), first, self._name), self._book.limits.columns)
            self._book.count_range()
            if first <= last:
                self._hidden_columns.append([first, last])

    def _read_filter(self, element: etree._Element) -> None:
        # A stored view of the sheet has filters too; only the sheet's own hides rows now.
        is_the_sheets_own = local_name(element.getparent()) == "worksheet"
        if is_the_sheets_own and any(local_name(child) == "filterColumn" for child in element):
            corners(element.get("ref"), f"{self._name}, a filter")
            self._filter_range = element.get("ref", "")


def _is_less(text: str | None, least: float) -> bool:
    """Return whether a height or width is written and is less; what is no number says nothing."""
    try:
        return text is not None and float(text) < least
    except ValueError:
        return False
