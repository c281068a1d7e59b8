"""The receipt as a workbook: what was decided, one row a finding, totals, changes, and the marked copy.

Here belongs how it looks in Excel. Not here: what it tells (``facts``), and the copy of the sender's
sheets (``annotated_copy``).

The same facts give the same bytes, so that it can be written again. All text is written as text:
nothing that was typed into a return, a file's name or a sheet's does anything here (F-C17, F-C18).
"""

from __future__ import annotations

import io
import logging
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sources.findings.findings import Finding
from sources.reader.cells import Refusal, Workbook
from sources.receipts import receipt_words as words
from sources.receipts.annotated_copy import CopiedSheet, copied_sheets, is_copied, limits_told, write_copies
from sources.receipts.changes import Changes, LineMoved
from sources.receipts.facts import Facts
from sources.receipts.tables import Value, total_changes

# The part of the workbook that holds its custom properties: its place in the chain (F-F14).
PROPERTIES_PART = "docProps/custom.xml"

_log = logging.getLogger(__name__)

_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FINDINGS_HEADER = (
    "What it does",
    "Sheet",
    "Cell",
    "Column",
    "You entered",
    "What is wrong, and how to correct it",
    "Check",
)
_CELL = _FINDINGS_HEADER.index("Cell")
_CHANGES_HEADER = ("Reference", "Plan year", "Line", "What moved", "Before", "Now", "Difference")
_POUNDS = "#,##0.00"
_RECEIPT_WIDTHS = (42, 100)
_FINDINGS_WIDTHS = (24, 14, 10, 26, 24, 90, 18)
# In points: a line of the workbook's font, and the highest row that Excel takes.
_LINE, _HIGHEST_ROW = 15, 409


def workbook_of(facts: Facts, book: Workbook | Refusal | None) -> bytes:
    """Return a receipt's workbook.

    Args:
        facts: What it tells.
        book: The sender's cells, to be copied if the file was read as a return.
    """
    if not isinstance(book, Workbook) or not is_copied(facts.submission):
        return _written(facts, [])
    try:
        return _written(facts, copied_sheets(book, facts.submission.findings))
    except Exception:
        # A file that our own code trips over must not keep its sender without what was found.
        _log.exception("copying %r of %r failed", facts.submission.file_name, facts.submission.directorate_code)
        return _written(facts, [])


def _written(facts: Facts, copies: Sequence[CopiedSheet]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        writer = _Writer(book)
        writer.write_properties(facts)
        writer.write_receipt(facts, limits_told(copies))
        writer.write_findings(facts, {copy.source.name: copy.name for copy in copies})
        writer.write_totals(facts)
        if facts.changes:
            writer.write_changes(facts.changes)
        write_copies(book, copies, writer.format)
    return buffer.getvalue()


class _Writer:
    """One workbook being written."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def format(self, **properties: object) -> Format:
        """Return the format of these properties, one for all cells that have it."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def write_properties(self, facts: Facts) -> None:
        """Write which verdict it is of, and as its date of making that of the verdict."""
        judged_at = facts.submission.judged_at
        if judged_at is None:
            raise ValueError(f"{facts.submission.submission_id} has no verdict yet")
        # XlsxWriter writes the time as it stands and refuses a zone.
        self._book.set_properties({"title": facts.heading, "created": judged_at.replace(tzinfo=None)})
        for name, value in (("ledger_entry", str(facts.submission.told_seq)), ("event_sha256", facts.event_sha256)):
            self._book.set_custom_property(name, value, "text")

    def write_receipt(self, facts: Facts, limits: Sequence[str]) -> None:
        """Write the first sheet: the verdict, what happens next, what to send, what was sent."""
        sheet = self._add_sheet("Receipt", _RECEIPT_WIDTHS)
        rows: list[tuple[str, str]] = [
            ("What was decided", facts.heading),
            ("", facts.lead),
            *((each.heading, each.note) for each in facts.sections[:1]),
            *facts.to_send,
            *_under(facts.steps_heading, facts.next_steps),
            *((each.heading, each.note) for each in facts.sections[1:]),
            *_under("The copy of your sheets", limits),
            *facts.sent,
        ]
        for row, (label, text) in enumerate(rows):
            sheet.set_row(row, _height((label, text), _RECEIPT_WIDTHS))
            self._write(sheet, row, 0, label, bold=True, text_wrap=True)
            self._write(sheet, row, 1, text, text_wrap=True)

    def write_findings(self, facts: Facts, copies: dict[str, str]) -> None:
        """Write one row a finding, what stops the file first, each linked to its cell on the copy."""
        sheet = self._add_table("Findings", _FINDINGS_HEADER, _FINDINGS_WIDTHS)
        found = [finding for section in facts.sections for _, group in section.groups for finding in group]
        for row, finding in enumerate(found, start=1):
            sheet.set_row(row, _height(_finding_row(finding), _FINDINGS_WIDTHS))
            for column, text in enumerate(_finding_row(finding)):
                self._write(sheet, row, column, text, text_wrap=True)
            if finding.cell and finding.sheet in copies:
                link = f"internal:'{copies[finding.sheet]}'!{finding.cell}"
                sheet.write_url(row, _CELL, link, self.format(underline=1, font_color="#0000EE"), finding.cell)
        sheet.autofilter(0, 0, len(found), len(_FINDINGS_HEADER) - 1)

    def write_totals(self, facts: Facts) -> None:
        """Write the control totals next to what was read, and below them each amount before and now."""
        if facts.totals is None:
            return
        sheet = self._add_table("Totals", facts.totals.columns, (40, 22, 22, 22))
        rows: list[tuple[Value, ...]] = [*facts.totals.rows]
        if facts.totals_note:
            rows.append((facts.totals_note,))
        if facts.changes:
            changed = total_changes(facts.changes)
            rows += [(), (f"Since {words.since(facts.changes.since)}", *changed.columns[1:]), *changed.rows]
        for row, values in enumerate(rows, start=1):
            self._write_row(sheet, row, values)

    def write_changes(self, changes: Changes) -> None:
        """Write one row for each value that moved; a line that was added or has gone has one for each value."""
        sheet = self._add_table("Changes", _CHANGES_HEADER, (16, 12, 12, 24, 18, 18, 18))
        rows = [
            *_change_rows("Moved", changes.moved),
            *_change_rows("Added", changes.added),
            *_change_rows("Gone", changes.gone),
        ]
        for row, values in enumerate(rows or [("Nothing moved.",)], start=1):
            self._write_row(sheet, row, values)
        sheet.autofilter(0, 0, len(rows), len(_CHANGES_HEADER) - 1)

    def _add_sheet(self, name: str, widths: Sequence[int]) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def _add_table(self, name: str, header: Sequence[str], widths: Sequence[int]) -> Worksheet:
        sheet = self._add_sheet(name, widths)
        for column, text in enumerate(header):
            self._write(sheet, 0, column, text, bold=True, bg_color="#D9E1F2", text_wrap=True)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def _write_row(self, sheet: Worksheet, row: int, values: Iterable[Value]) -> None:
        for column, value in enumerate(values):
            self._write(sheet, row, column, value)

    def _write(self, sheet: Worksheet, row: int, column: int, value: Value, **properties: object) -> None:
        """Write a value as its type says; text is never taken for a formula, a link or a number."""
        if isinstance(value, Decimal):
            sheet.write_number(row, column, value, self.format(num_format=_POUNDS, **properties))
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self.format(**properties))
        elif value:
            sheet.write_string(row, column, str(words.printable(value)), self.format(num_format="@", **properties))


def _height(texts: Iterable[str], widths: Sequence[int]) -> int:
    """Return how high a row has to be for its texts, wrapped at the widths of their columns, which are in characters.

    Neither Excel nor LibreOffice finds it out by itself for a workbook that another program wrote.
    """
    lines = (
        sum(len(textwrap.wrap(part, width)) or 1 for part in text.splitlines())
        for text, width in zip(texts, widths, strict=True)
    )
    return min(_LINE * max(1, *lines), _HIGHEST_ROW)


def _under(label: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield texts below each other, the label beside the first."""
    for number, text in enumerate(texts):
        yield (label if number == 0 else "", text)


def _finding_row(finding: Finding) -> tuple[str, ...]:
    return (
        words.effect(finding.severity),
        finding.sheet,
        finding.cell,
        finding.heading,
        finding.value_shown,
        finding.text,
        finding.code or finding.rule,
    )


def _change_rows(kind: str, lines: Iterable[LineMoved]) -> Iterator[tuple[Value, ...]]:
    for line in lines:
        for each in line.movements:
            yield (
                line.saving_ref,
                line.plan_year,
                kind,
                words.column_name(each.column),
                each.before,
                each.after,
                each.difference,
            )
