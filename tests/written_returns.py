"""Returns in memory written as workbooks: what Excel would save, for the reader to read.

Here belongs the way from cells to bytes. Not here: the cells (``returns``), and workbooks that no
program would write (``hostile``).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import xlsxwriter
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet

from sources.reader.cells import Cell, CellKind, Workbook

# What is done to a sheet beside its cells: hide, merge, protect.
Change = Callable[[Writer, dict[str, Worksheet]], object]


def written(book: Workbook, change: Change | None = None) -> bytes:
    """Return the workbook's bytes.

    Args:
        book: The cells, with what hides or joins them.
        change: Done at the end, to the writer and its sheets by name.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as writer:
        sheets = {}
        for sheet in book.sheets:
            sheets[sheet.name] = writer.add_worksheet(sheet.name)
            for cell in sheet.cells.values():
                _write(writer, sheets[sheet.name], cell)
        if change:
            change(writer, sheets)
    return stream.getvalue()


def _write(writer: Writer, sheet: Worksheet, cell: Cell) -> None:
    where, number_format = (cell.row - 1, cell.column - 1), cell.number_format
    if cell.kind is CellKind.DATE and number_format == "General":
        number_format = "dd/mm/yyyy"
    style = writer.add_format({"num_format": number_format}) if number_format != "General" else None
    if cell.formula is not None or cell.kind is CellKind.ERROR:
        is_number = cell.kind is CellKind.NUMBER
        sheet.write_formula(
            *where, f"={cell.formula or cell.text}", style, float(cell.text) if is_number else cell.text
        )
    elif cell.kind is CellKind.NUMBER:
        sheet.write_number(*where, float(cell.text), style)
    elif cell.kind is CellKind.DATE:
        sheet.write_datetime(*where, date.fromisoformat(cell.text), style)
    elif cell.kind is CellKind.BOOLEAN:
        sheet.write_boolean(*where, cell.text == "1", style)
    else:
        sheet.write_string(*where, cell.text, style)
