"""How values are put into the words of a finding: pounds, days, counts, lists, headings of columns.

Here belongs what all texts share. Not here: the texts (``findings.words``) and what of a file may be shown
(``findings.shown``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from string import Formatter

from sources.findings.listing import counted, joined_by_and, listed
from sources.template.declaration import RETURN_FIELDS, RETURN_SHEET, SHEETS

# Sentences; or several versions of them, of which the first whose values are all there is used.
Text = str | tuple[str, ...]
_COLUMN_IN_TEXT = re.compile(r"\[([a-z_]+)\]")
_SENTENCE_END = re.compile(r"(?<=[.?!]) ")
_NOUN = re.compile(r"[a-z][a-z ]*")
_COLUMN = "column"
_AND = "and"


def in_words(text: Text, values: Mapping[str, object], sheet: str = "") -> str:
    """Return a text with its values in it, and its columns by their headings.

    Args:
        text: With ``{name}`` for a value and ``[field]`` for a column.
        values: By name; None where there is none.
        sheet: Whose headings come first.
    """
    versions = (text,) if isinstance(text, str) else text
    chosen = next(each for each in versions if all(values[name] is not None for name in names_in(each)))
    with_headings = _COLUMN_IN_TEXT.sub(lambda match: _quoted(heading_of(match[1], sheet)), chosen)
    return _InWords(sheet).vformat(with_headings, (), values)


def without_values(text: Text, known: Mapping[str, object], sheet: str = "") -> str:
    """Return the sentences of a text that need no other values than these.

    Args:
        text: As for ``in_words``; of several versions the first of which anything is left.
        known: By name the values that are known beforehand.
        sheet: Whose headings come first.
    """
    for version in (text,) if isinstance(text, str) else text:
        kept = [each for each in _SENTENCE_END.split(version) if known.keys() >= set(names_in(each))]
        if any(kept):
            return in_words(" ".join(kept), known, sheet)
    return ""


def names_in(text: str) -> list[str]:
    """Return the names of the values that a text needs."""
    return [name for _, name, _, _ in Formatter().parse(text) if name]


def heading_of(column: str, sheet: str = "") -> str:
    """Return what people call a column: its heading on the sheet, else on the first sheet that has it.

    What is no column of the template, such as the letters of an extra one, is itself.
    """
    own = _headings().get(sheet.strip().casefold(), {})
    return own.get(column) or next((of[column] for of in _headings().values() if column in of), column)


@cache
def _headings() -> dict[str, dict[str, str]]:
    sheets = {sheet.name: sheet.columns for sheet in SHEETS} | {RETURN_SHEET: RETURN_FIELDS}
    return {
        name.casefold(): {column.name: getattr(column, "heading", column.name) for column in columns}
        for name, columns in sheets.items()
    }


class _InWords(Formatter):
    """Writes pounds, days and lists as people read them; ``{n:row}`` is ``3 rows``, ``{why:and}`` ``A, B and C``."""

    def __init__(self, sheet: str) -> None:
        self._sheet = sheet

    def format_field(self, value: object, format_spec: str) -> str:
        if isinstance(value, str):
            return _quoted(heading_of(value, self._sheet)) if format_spec == _COLUMN else value
        if isinstance(value, Decimal) and not format_spec:
            return pounds(value)
        if isinstance(value, date):
            return day(value)
        if isinstance(value, tuple):
            return joined_by_and(value) if format_spec == _AND else listed(value)
        if isinstance(value, int) and _NOUN.fullmatch(format_spec):
            return counted(value, format_spec)
        return str(super().format_field(value, format_spec))


def _quoted(heading: str) -> str:
    return f"'{heading}'"


def pounds(amount: Decimal) -> str:
    """Return an amount as a message names it: ``£1,234``, or ``£1,234.50`` where there are pence."""
    sign = "-" if amount < 0 else ""
    return f"{sign}£{abs(amount):,.{0 if amount == amount.to_integral_value() else 2}f}"


def day(value: date) -> str:
    """Return a day as people read it, ``30 September 2021``."""
    return f"{value.day} {value:%B %Y}"
