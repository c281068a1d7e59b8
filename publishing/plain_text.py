"""Rows as CSV that a spreadsheet opens without running anything (RFC 4180).

Here belongs how a value is written as text, in SQL too for whole tables (a test holds the two to each other).
Not here: which rows (``reader``, ``site``). A text that a spreadsheet would take for a formula gets an apostrophe
before it: what a sender typed into a cell is shown, never calculated. Numbers are written as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

# What a spreadsheet takes for the start of a formula, or passes over to find one.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_END = "\r\n"
# The SQL of a column's text; of what is not here its own cast.
_FORMULA = "^([" + "".join(_STARTS).replace("-", r"\-") + "])"
_TEXT = rf"regexp_replace({{0}}, '{_FORMULA}', '''\1')"
_QUOTED = f"""if(regexp_matches({{0}}, '[,"\r\n]'), concat('"', replace({_TEXT}, '"', '""'), '"'), {_TEXT})"""
_MOMENT = "strftime({0}, '%Y-%m-%dT%H:%M:%S') || if(microsecond({0}) % 1000000 = 0, '', strftime({0}, '.%f')) || 'Z'"
_IN_SQL = {"VARCHAR": _QUOTED, "TIMESTAMP": _MOMENT}


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as CSV, with the names of the columns first."""
    return "".join(csv_records(columns, rows))


def csv_records(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the records of a CSV file, each with CR LF at its end: the names of the columns first."""
    writer = csv.writer(_Returned(), lineterminator=_END)
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_as_cell(value) for value in row])


def csv_record(types: Mapping[str, str]) -> str:
    """Return the SQL of a row's record in a CSV file, as ``csv_records`` gives it.

    Args:
        types: The SQL type of each column, in order.
    """
    texts = (_IN_SQL.get(data_type, "cast({0} as varchar)").format(f'"{name}"') for name, data_type in types.items())
    cells = ", ".join(f"coalesce({text}, '')" for text in texts)
    return f"concat_ws(',', {cells}) || '{_END}'"


class _Returned:
    """A file that gives back what is written to it."""

    def write(self, record: str) -> str:
        return record


def as_text(value: object) -> str:
    """Return a value as text for a machine: pounds with both pence, moments as ISO 8601, nothing for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    return str(value)


def _as_cell(value: object) -> str:
    text = as_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_STARTS) else text
