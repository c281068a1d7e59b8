"""Typed lines read again from a received file, without judging it anew (R53).

Here belongs the reading half of a judgement alone: the same sheets, grammars and lists, whatever
the checks would say today. Not here: the checks (``checks``), and which submissions are read again
(``rebuild``).
"""

from __future__ import annotations

from typing import Any

from sources.case import NIL
from sources.cells import Refusal, Workbook
from sources.choices import Choices
from sources.findings import Finding
from sources.readings import read_form, read_table
from sources.reference import Reference
from sources.return_form import find_form
from sources.rows import Row
from sources.sheets import read_tables
from sources.typed_lines import typed_lines


class ReplayProblem(Exception):  # noqa: N818 - it names what happened, as the other rooms' errors do
    """A file that was accepted no longer reads to the lines that its verdict recorded."""


def lines_of(book: Workbook | Refusal, folder: str, reference: Reference) -> dict[str, list[dict[str, Any]]]:
    """Return the typed rows of a file that was read as a return before, by table name.

    Args:
        book: Its cells.
        folder: The landing folder that it came from.
        reference: The reference data that it was judged by.

    Raises:
        ReplayProblem: If it can no longer be read as a return.
    """
    if isinstance(book, Refusal):
        raise ReplayProblem(f"it is refused now: {book.code}")
    raw_form = find_form(book)
    if isinstance(raw_form, Finding):
        raise ReplayProblem(f"it is refused now: {raw_form.code}")
    form, _ = read_form(raw_form, Choices(reference))
    raw = read_tables(book, is_nil=form["return_type"] == NIL)
    choices = _choices(form, folder, reference)
    return {name: typed_lines(read_table(table, choices)[0]) for name, table in raw.tables.items()}


def _choices(form: Row, folder: str, reference: Reference) -> Choices:
    row = reference.calendar(form["reporting_year"], form["reporting_period"])
    return Choices(reference, form["directorate_code"] or folder, row["as_at_date"] if row else None)
