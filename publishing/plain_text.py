"""Rows as CSV that a spreadsheet opens without running anything (RFC 4180).

Here belongs how a value is written as text. Not here: which rows (``reader``, ``site``). A text that a
spreadsheet would take for a formula gets an apostrophe before it: what a sender typed into a cell is shown,
never calculated. Numbers are written as they are.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

# What a spreadsheet takes for the start of a formula, or passes over to find one.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV, with the names of the columns first and CR LF at the end of each record."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_as_cell(value) for value in row] for row in rows)
    return out.getvalue()


def as_text(value: object) -> str:
    """Return a value as text for a machine: pounds with both pence, moments as ISO 8601, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + ("Z" if value.tzinfo is None else "")
    return str(value)


def _as_cell(value: object) -> str:
    text = as_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_STARTS) else text
