"""Sample returns with some cells changed: real workbooks, edited where they are stored.

Here belongs the quick way to a file with one planted defect. openpyxl would drop every calculated
value on saving, so the sheet's XML is changed instead. Not here: workbooks without a file
(``returns``), and hostile ones (``hostile``).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from html import escape
from pathlib import Path

from sources.contract.places import FIRST_ROW, cell_in_row, field_cell
from sources.samples.published import SAMPLES
from sources.template.declaration import RETURN_SHEET, SHEETS, START_SHEET, sheet_named

Value = str | int | Decimal

# In the order of the workbook.
_SHEETS = (START_SHEET, RETURN_SHEET, *(sheet.name for sheet in SHEETS))
_PARTS = {name: f"xl/worksheets/sheet{number}.xml" for number, name in enumerate(_SHEETS, start=1)}
# A fixed time: the same edit gives the same bytes.
_WRITTEN = (2021, 10, 1, 0, 0, 0)


def sample_path(code: str) -> Path:
    """Return a directorate's sample return."""
    (path,) = (SAMPLES / "returns" / code).glob("*.xlsx")
    return path


def at(sheet: str, name: str, row: int = FIRST_ROW) -> str:
    """Return where a column's cell is in a workbook of the template, ``Savings!P2``.

    Args:
        sheet: Name of the sheet.
        name: The column; on the Return sheet the label, whose value is meant.
        row: The sheet's row; on the Return sheet the label's own.
    """
    if sheet == RETURN_SHEET:
        return field_cell(name).replace("$", "")
    return f"{sheet}!{cell_in_row(sheet_named(sheet), name, row)}".replace("$", "")


def edited(code: str, changes: Mapping[str, Value]) -> bytes:
    """Return a directorate's sample return with cells changed (``with_cells``)."""
    return with_cells(sample_path(code).read_bytes(), changes)


def with_cells(original: bytes, changes: Mapping[str, Value]) -> bytes:
    """Return a workbook that the template's writer wrote, with cells changed.

    Args:
        original: Its bytes.
        changes: By where the cell is (``at``), or ``Return!return_type`` for the value of a label,
            what it holds instead: text, or a number.
    """
    wanted: dict[str, dict[str, Value]] = {}
    for address, value in changes.items():
        sheet, _, cell = address.partition("!")
        ref = at(sheet, cell).partition("!")[2] if sheet == RETURN_SHEET else cell
        wanted.setdefault(_PARTS[sheet], {})[ref] = value
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            text = source.read(name)
            for cell, value in wanted.get(name, {}).items():
                text = _with_value(text, cell, value)
            copy.writestr(zipfile.ZipInfo(name, _WRITTEN), text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _with_value(sheet: bytes, cell: str, value: Value) -> bytes:
    is_number = isinstance(value, int | Decimal)
    new = f"<v>{value}</v>" if is_number else f"<is><t>{escape(value)}</t></is>"
    kind = "" if is_number else ' t="inlineStr"'
    # Every input cell is there, for an empty one has its format too.
    there = rf'<c r="{cell}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)'
    text, count = re.subn(there, lambda match: f'<c r="{cell}"{match[1]}{kind}>{new}</c>', sheet.decode())
    assert count == 1, f"{cell} is there {count} times"
    return text.encode()
