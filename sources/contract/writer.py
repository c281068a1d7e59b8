"""Writes the return's workbook from the one declaration: blank, pre-filled or a sample.

Here belongs how the workbook looks. Not here: what a return is (``template``), what its cells
accept (``limits``), its formulas (``formulas``, ``live_formulas``), its lists
(``lists``), its words of guidance (``guidance``) and the block "Before you send"
(``before_you_send``).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sources.contract import before_you_send, guidance
from sources.contract.cells import NUMBER_FORMATS, TEXT_FORMAT, write_formula, write_value
from sources.contract.formulas import LAST_PERIOD, TO_MEND, control_totals, line_formulas
from sources.contract.limits import field_limits, sheet_limits
from sources.contract.lists import list_ranges, lists
from sources.contract.live_checks import Filled, Row
from sources.contract.live_formulas import Tally, live_checks, tallies, to_mend
from sources.contract.places import FIRST_ROW, LAST_ROW
from sources.reference.reference import Reference
from sources.template.declaration import (
    DEFERRALS,
    GUIDANCE_SHEET,
    INVESTMENT,
    LISTS_SHEET,
    PIPELINE,
    PLAN_CHANGES,
    PROJECTS,
    RETURN_FIELDS,
    RETURN_SHEET,
    RISKS,
    SAVINGS,
    SHEETS,
    SIGN_CONVENTION,
    TEMPLATE_NAME,
    TEMPLATE_VERSION,
    Column,
    Kind,
    Sheet,
)

# Fixed, so that the same content gives the same bytes.
_CREATED = datetime(2021, 4, 1)  # noqa: DTZ001  (XlsxWriter writes it as it stands and refuses a zone)
# Lines that an officer may add below the pre-filled ones and still see their formulas.
_SPARE_ROWS = 40

# Text stays text, whatever it looks like.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}

# Sheet, index of the row among its rows, column.
CarriedCell = tuple[str, int, str]
_CARRIED = {"italic": True, "font_color": "#505A5F"}

_WIDTHS = {Kind.NARRATIVE: 50, Kind.TEXT: 32}
_WIDTH = 20

# What the plan decides of a line that it lists (R34), and what the template decides of a return.
_LOCKED_COLUMNS = ("saving_ref", "plan_year", "cashable", "baseline_gbp")
_LOCKED_FIELDS = ("template_version", "value_unit", "sign_convention")


def write_template(
    path: Path,
    directorate: str,
    year: str,
    period: str,
    reference: Reference,
    rows: Sequence[Row] | None = None,
    projects: Sequence[Row] = (),
    investment: Sequence[Row] = (),
    risks: Sequence[Row] = (),
    pipeline: Sequence[Row] = (),
    deferrals: Sequence[Row] = (),
    plan_changes: Sequence[Row] = (),
    return_fields: Row | None = None,
    note: Sequence[str] = (),
    spare_rows: int = _SPARE_ROWS,
    carried: Collection[CarriedCell] = frozenset(),
) -> None:
    """Write the workbook of a directorate's return for a period.

    Args:
        path: Where; its folder exists, a file there is replaced.
        directorate: Code of the directorate.
        year: Financial year that it reports in, ``2021/22``.
        period: Reporting period, ``P06``.
        reference: Plan, lists and limits.
        rows: Lines of the Savings sheet by template column, with last period's amounts (``LAST_PERIOD``)
            where there are some; the directorate's lines of the plan in force if None.
        projects: Rows of the Projects sheet.
        investment: Rows of the Investment sheet.
        risks: Rows of the Risks sheet.
        pipeline: Rows of the Pipeline sheet.
        deferrals: Rows of the Deferrals sheet.
        plan_changes: Rows of the PlanChanges sheet.
        return_fields: Values of the Return sheet beside those that follow from the rest.
        note: Sentences shown on the Return and Guidance sheets: what is published, what illustrative.
        spare_rows: How many rows below the lines have their formulas; they take most of the time.
        carried: Cells that say again what an earlier period said; they look different.

    Raises:
        ValueError: If the calendar does not have the period, or there is no such directorate at
            its end.
    """
    savings = planned_rows(reference, directorate, year, period) if rows is None else rows
    tables: dict[str, Sequence[Row]] = {
        SAVINGS.name: savings,
        PROJECTS.name: projects,
        INVESTMENT.name: investment,
        RISKS.name: risks,
        PIPELINE.name: pipeline,
        DEFERRALS.name: deferrals,
        PLAN_CHANGES.name: plan_changes,
    }
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        writer = _Writer(book, reference, directorate, year, period)
        filled = Filled(tables, {**writer.fields_that_follow(), **(return_fields or {})})
        writer.write_properties()
        writer.write_return(filled, note)
        for sheet in SHEETS:
            writer.write_table(sheet, filled, spare_rows, carried)
        writer.write_lists()
        writer.write_guidance(filled, note)
    path.write_bytes(buffer.getvalue())


def planned_rows(reference: Reference, directorate: str, year: str, period: str) -> list[dict[str, Any]]:
    """Return what the plan in force says of each line of a directorate: the least that a template holds."""
    return [
        {
            "saving_ref": line.saving_ref,
            "plan_year": line.plan_year,
            "cashable": "Cashable" if line.is_cashable else "Non-cashable",
            "baseline_gbp": line.baseline_gbp,
            "deferred_gbp": Decimal(0),
            "undeliverable_gbp": Decimal(0),
        }
        for line in reference.plan_lines(directorate, year, period)
    ]


class _Writer:
    """One workbook being written."""

    def __init__(
        self, book: xlsxwriter.Workbook, reference: Reference, directorate: str, year: str, period: str
    ) -> None:
        calendar_row = reference.calendar(year, period)
        if calendar_row is None:
            raise ValueError(f"{year} {period} is not collected: reporting_calendar.csv does not have it")
        self._as_at_date: date = calendar_row["as_at_date"]
        directorates = reference.directorates_on(self._as_at_date)
        if directorate not in directorates:
            raise ValueError(
                f"{directorate} is no directorate on {self._as_at_date}: choose from {', '.join(directorates)}"
            )
        self._name: str = directorates[directorate]["directorate_name"]
        self._book = book
        self._reference = reference
        self._directorate, self._year, self._period = directorate, year, period
        self._words = lists(reference, directorate, year, self._as_at_date)
        self._ranges = list_ranges(self._words)
        self._checks = live_checks(reference, self._words, self._ranges)
        self._formats: dict[tuple[tuple[str, object], ...], Format] = {}

    def _format(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def _input_format(self, column: Column, *, is_locked: bool = False, is_carried: bool = False) -> Format:
        number_format = NUMBER_FORMATS.get(column.kind, TEXT_FORMAT)
        shade = {"bg_color": "#E7E6E6"} if is_locked else {}
        wrap = {"text_wrap": True} if column.kind is Kind.NARRATIVE else {}
        return self._format(
            num_format=number_format, locked=is_locked, **shade, **wrap, **(_CARRIED if is_carried else {})
        )

    def write_properties(self) -> None:
        """Write which template it is, and a fixed date of making."""
        self._book.set_properties({"title": f"{TEMPLATE_NAME} {TEMPLATE_VERSION}", "created": _CREATED})
        self._book.set_custom_property("template_version", TEMPLATE_VERSION, "text")

    def fields_that_follow(self) -> dict[str, Any]:
        """Return the values of the Return sheet that the officer need not type."""
        return {
            "template_version": TEMPLATE_VERSION,
            "directorate_code": self._directorate,
            "reporting_year": self._year,
            "reporting_period": self._period,
            "as_at_date": self._as_at_date,
            "value_unit": self._reference.vocabulary("value_unit")[0],
            "sign_convention": SIGN_CONVENTION,
            "status": "Provisional",
        }

    def write_return(self, filled: Filled, note: Sequence[str]) -> None:
        """Write the Return sheet: title and note, then a label, its value and its guidance a row."""
        sheet = self._add_sheet(RETURN_SHEET)
        row = self._write_heading(sheet, f"Savings return: {self._name}, {self._year} {self._period}", note)
        block_top = _rows_of_heading((*note, *guidance.RULES))
        summary = before_you_send.summary(self._tallies(filled, note), block_top)
        # Not in column A, which the checks read: a formula must not look at itself.
        write_formula(sheet, row - 1, 2, summary, self._format(bold=True))
        formulas = control_totals(filled.rows(SAVINGS))
        for column in RETURN_FIELDS:
            sheet.write_string(row, 0, column.name, self._format(bold=True))
            is_locked = column.name in formulas or column.name in _LOCKED_FIELDS
            form = self._input_format(column, is_locked=is_locked)
            if column.name in formulas:
                write_formula(sheet, row, 1, formulas[column.name], form)
            else:
                write_value(sheet, row, 1, filled.fields.get(column.name), form)
            sheet.write_string(row, 2, column.guidance, self._format(italic=True))
            limits = field_limits(column, self._ranges)
            if limits and not is_locked:
                sheet.data_validation(row, 1, row, 1, limits)
            row += 1
        for index, width in enumerate((26, 40, 70)):
            sheet.set_column(index, index, width)

    def write_table(self, sheet: Sheet, filled: Filled, spare_rows: int, carried: Collection[CarriedCell]) -> None:
        """Write a table sheet: the header, its rows, and what the empty cells below accept."""
        page = self._add_sheet(sheet.name)
        page.freeze_panes(1, 1)
        for index, column in enumerate(sheet.columns):
            page.set_column(index, index, _WIDTHS.get(column.kind, _WIDTH), self._input_format(column))
            page.write_string(0, index, column.name, self._format(bold=True, bg_color="#D9E1F2", text_wrap=True))
            limits = sheet_limits(sheet, column, self._ranges)
            if limits:
                page.data_validation(FIRST_ROW - 1, index, LAST_ROW - 1, index, limits)
        for number, row in enumerate(filled.tables.get(sheet.name, ()), start=FIRST_ROW):
            for index, column in enumerate(sheet.columns):
                is_locked = sheet is SAVINGS and column.name in _LOCKED_COLUMNS
                is_carried = (sheet.name, number - FIRST_ROW, column.name) in carried
                form = self._input_format(column, is_locked=is_locked, is_carried=is_carried)
                write_value(page, number - 1, index, row.get(column.name), form)
        if sheet is SAVINGS:
            self._write_own_columns(page, filled, spare_rows)

    def _write_own_columns(self, page: Worksheet, filled: Filled, spare_rows: int) -> None:
        form = self._format(num_format=NUMBER_FORMATS[Kind.MONEY], bg_color="#E7E6E6")
        first = len(SAVINGS.columns)
        page.set_column(first, first + len(SAVINGS.own_columns) - 1, _WIDTH)
        for index, name in enumerate(SAVINGS.own_columns, start=first):
            page.write_string(0, index, name, self._format(bold=True, bg_color="#E7E6E6", text_wrap=True))
        spare: list[Row] = [{}] * spare_rows
        for number, row in enumerate([*filled.tables[SAVINGS.name], *spare], start=FIRST_ROW):
            formulas = line_formulas(number, row, self._reference)
            formulas[TO_MEND] = to_mend(number, row, filled, self._checks)
            for index, name in enumerate(SAVINGS.own_columns, start=first):
                if name in LAST_PERIOD:
                    write_value(page, number - 1, index, row.get(name), form)
                else:
                    write_formula(page, number - 1, index, formulas[name], form)

    def write_lists(self) -> None:
        """Write the hidden sheet that the drop-downs read: one list a column."""
        sheet = self._add_sheet(LISTS_SHEET)
        sheet.hide()
        for index, (name, words) in enumerate(self._words.items()):
            sheet.write_column(0, index, [name, *words], self._format(num_format=TEXT_FORMAT))

    def write_guidance(self, filled: Filled, note: Sequence[str]) -> None:
        """Write how the return is filled in, what is still to be mended, and what each word of the lists means."""
        sheet = self._add_sheet(GUIDANCE_SHEET)
        row = self._write_heading(sheet, "How to fill in this return", (*note, *guidance.RULES))
        bold, red = self._format(bold=True), self._format(bold=True, font_color="#C00000")
        row = before_you_send.write(sheet, row, self._tallies(filled, note), bold, red) + 1
        services = self._reference.services_of(self._directorate, self._as_at_date)
        words = guidance.word_rows(self._reference, list(services.items()))
        for block in (
            [guidance.HEADER, *guidance.column_rows()],
            [guidance.WORD_HEADER, *words],
        ):
            for number, texts in enumerate(block):
                form = self._format(bold=True) if number == 0 else self._format(text_wrap=True)
                sheet.write_row(row + number, 0, texts, form)
            row += len(block) + 1
        for index, width in enumerate((18, 28, 60, 16, 60)):
            sheet.set_column(index, index, width)

    def _tallies(self, filled: Filled, note: Sequence[str]) -> list[Tally]:
        return tallies(filled, self._checks, form_top=_rows_of_heading(note) + 1)

    def _add_sheet(self, name: str) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.protect(options={"format_columns": True, "format_rows": True})
        return sheet

    def _write_heading(self, sheet: Worksheet, title: str, sentences: Sequence[str]) -> int:
        """Write a title and sentences below each other; return the row after the blank that follows."""
        sheet.write_string(0, 0, title, self._format(bold=True, font_size=14))
        for number, sentence in enumerate(sentences, start=1):
            sheet.write_string(number, 0, sentence)
        return _rows_of_heading(sentences)


def _rows_of_heading(sentences: Sequence[str]) -> int:
    """Return how many rows a title, its sentences and the blank after them take."""
    return len(sentences) + 2
