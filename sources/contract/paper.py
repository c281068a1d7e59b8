"""A workbook while it is written: its formats, and sheets as every workbook of ours has them.

Here belongs what does not depend on which workbook it is. Not here: a directorate's return (``book``), the
reference data (``folder_workbook``), and what cells look like (``looks``).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from sources.contract.looks import FONT, set_up_print

# Fixed, so that the same content gives the same bytes.
_CREATED = datetime(2021, 4, 1)  # noqa: DTZ001  (XlsxWriter writes it as it stands and refuses a zone)
# Text stays text, whatever it looks like.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

# What a formula comes to, as the file says it; empty where the program that opens it works it out.
Value = Decimal | int | str


class _Page(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A sheet whose formulas are written as they are.

    XlsxWriter looks in each twice for some thirty functions of later versions of Excel. Ours have none,
    and looking takes longer than all the rest. A test compares what is written with its own.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: Value = 0
    ) -> int:
        self._check_dimensions(row, col)  # notes how far the sheet goes
        self.table[row][col] = CellFormulaTuple(self._prepare_formula(formula), cell_format, value)
        return 0

    def write_array_formula(
        self, row: int, col: int, last_row: int, last_col: int, formula: str, form: Format, value: Value = 0
    ) -> int:
        """Write a formula that is worked out for all rows at once, as every version of Excel does it."""
        written: int = self._write_array_formula(row, col, last_row, last_col, formula, form, value, "static")
        return written


@contextmanager
def written_to(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """Give a workbook to fill; it is at the path afterwards, in place of any file there."""
    buffer = io.BytesIO()
    # XlsxWriter adds to what it is given.
    with xlsxwriter.Workbook(buffer, {**_OPTIONS, "default_format_properties": dict(FONT)}) as file:
        yield file
    path.write_bytes(buffer.getvalue())


@dataclass
class Paper:
    """A workbook.

    Attributes:
        file: Where it is written.
    """

    file: xlsxwriter.Workbook
    _formats: dict[tuple[tuple[str, object], ...], Format] = field(default_factory=dict, init=False)

    def set_title(self, title: str) -> None:
        """Say in the file's properties what it is."""
        self.file.set_properties({"title": title, "created": _CREATED})

    def format(self, *looks: Mapping[str, object], **more: object) -> Format:
        """Return the format of these properties, made once."""
        properties: dict[str, object] = {"valign": "top"}
        for look in (*looks, more):
            properties |= look
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format(properties)
        return self._formats[key]

    def add_page(self, name: str, footer: str, header_row: int, pages_high: int = 0) -> Worksheet:
        """Return a new sheet, set up for print.

        Args:
            name: Its name.
            footer: What stands on the left below each printed page.
            header_row: The last row that every printed page repeats, from 0.
            pages_high: On how many pages it has to fit; 0 for as many as it takes.
        """
        sheet = self.file.add_worksheet(name, worksheet_class=_Page)
        set_up_print(sheet, footer, header_row, pages_high)
        return sheet
