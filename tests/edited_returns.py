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

import openpyxl

from sources.samples.published import SAMPLES

Value = str | int | Decimal

_PARTS = {"Return": "xl/worksheets/sheet1.xml", "Savings": "xl/worksheets/sheet2.xml"}
# A fixed time: the same edit gives the same bytes.
_WRITTEN = (2021, 10, 1, 0, 0, 0)


def sample_path(code: str) -> Path:
    """Return a directorate's sample return."""
    (path,) = (SAMPLES / "returns" / code).glob("*.xlsx")
    return path


def edited(code: str, changes: Mapping[str, Value]) -> bytes:
    """Return a directorate's sample return with cells changed (``with_cells``)."""
    return with_cells(sample_path(code).read_bytes(), changes)


def with_cells(original: bytes, changes: Mapping[str, Value]) -> bytes:
    """Return a workbook that the template's writer wrote, with cells changed.

    Args:
        original: Its bytes.
        changes: By ``Savings!M2``, or ``Return!return_type`` for the value beside a label, what
            the cell holds instead: text, or a number.
    """
    wanted: dict[str, dict[str, Value]] = {}
    for address, value in changes.items():
        sheet, _, cell = address.partition("!")
        wanted.setdefault(_PARTS[sheet], {})[_cell(original, sheet, cell)] = value
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            text = source.read(name)
            for cell, value in wanted.get(name, {}).items():
                text = _with_value(text, cell, value)
            copy.writestr(zipfile.ZipInfo(name, _WRITTEN), text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _cell(workbook: bytes, sheet: str, cell: str) -> str:
    if sheet != "Return":
        return cell
    labels = openpyxl.load_workbook(io.BytesIO(workbook), read_only=True)[sheet].iter_rows(max_col=1, values_only=True)
    rows = [number for number, (label,) in enumerate(labels, start=1) if label == cell]
    assert len(rows) == 1, f"label {cell} stands in rows {rows}"
    return f"B{rows[0]}"


def _with_value(sheet: bytes, cell: str, value: Value) -> bytes:
    is_number = isinstance(value, int | Decimal)
    new = f"<v>{value}</v>" if is_number else f"<is><t>{escape(value)}</t></is>"
    kind = "" if is_number else ' t="inlineStr"'
    there = rf'<c r="{cell}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)'
    text, count = re.subn(there, lambda match: f'<c r="{cell}"{match[1]}{kind}>{new}</c>', sheet.decode())
    if count == 0:  # a blank: after the last cell before it
        number = cell[1:]
        before = "".join(chr(letter) for letter in range(ord("A"), ord(cell[0])))
        beside = rf'(<row r="{number}"[^>]*>(?:<c r="[{before}]{number}"[^>]*?(?:/>|>.*?</c>))*)'
        text, count = re.subn(beside, lambda match: f'{match[1]}<c r="{cell}"{kind}>{new}</c>', text)
    assert count == 1, f"{cell} is there {count} times"
    return text.encode()
