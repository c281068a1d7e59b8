"""A return's workbook while it is written: whose return it is, its lists and its sheets.

Here belongs what the pages of the workbook share. Not here: what all workbooks share (``paper``), and the
pages (``start_page``, ``return_page``, ``table_pages``, ``guidance_page``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from xlsxwriter.worksheet import Worksheet

from sources.contract.cells import TEXT_FORMAT, write_array, write_formula
from sources.contract.lists import TOTALS, Lists, list_ranges, lists
from sources.contract.live_formulas import BLOCK_HEADER, Block, Live, live
from sources.contract.paper import Paper
from sources.contract.places import FIRST_ROW
from sources.reference.reference import Reference
from sources.reference.whose import COUNCIL_CODE
from sources.template.declaration import LISTS_SHEET, TEMPLATE_NAME, TEMPLATE_VERSION

# People may look at a protected sheet as they like: only the cells that are not theirs are kept.
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
}


@dataclass
class Book(Paper):
    """A directorate's return for a period.

    Attributes:
        reference: Plan, lists and limits.
        directorate: Code of the directorate.
        year: Financial year that it reports in.
        period: Reporting period.
    """

    reference: Reference
    directorate: str
    year: str
    period: str

    def __post_init__(self) -> None:
        """Refuse what no return is collected for.

        Raises:
            ValueError: If the calendar does not have the period, or there is no such directorate
                at its end.
        """
        if self.reference.calendar(self.year, self.period) is None:
            raise ValueError(f"{self.year} {self.period} is not collected: reporting_calendar.csv does not have it")
        known = self.reference.directorates_on(self.as_at_date)
        if self.directorate not in known:
            raise ValueError(
                f"there was no directorate {self.directorate} on {self.as_at_date}: choose from {', '.join(known)}"
            )
        self.set_title(f"{TEMPLATE_NAME} {TEMPLATE_VERSION}")
        self.file.set_custom_property("template_version", TEMPLATE_VERSION, "text")
        if code := self.reference.setting(COUNCIL_CODE):
            self.file.set_custom_property(COUNCIL_CODE, code, "text")

    @property
    def calendar(self) -> Mapping[str, Any]:
        """The period in the reporting calendar."""
        return self.reference.calendar(self.year, self.period) or {}

    @property
    def as_at_date(self) -> date:
        """The last day of the period."""
        day: date = self.calendar["as_at_date"]
        return day

    @property
    def title(self) -> str:
        """Whose workbook it is, and what."""
        council = self.reference.setting("council_name")
        return f"{council}: savings return" if council else "Savings return"

    @property
    def sent_by(self) -> str:
        """Directorate and period, as a person says them."""
        name = self.reference.directorates_on(self.as_at_date)[self.directorate]["directorate_name"]
        return f"{name}, {self.year} {self.period}"

    @cached_property
    def words(self) -> Lists:
        """What the sheet Lists holds."""
        return lists(self.reference, self.directorate, self.year, self.period, self.as_at_date)

    @cached_property
    def ranges(self) -> Mapping[str, str]:
        """Where each list lies."""
        return list_ranges(self.words)

    @property
    def totals(self) -> str:
        """Where the words for a total are."""
        return self.ranges[TOTALS].removeprefix("=")

    @cached_property
    def live(self) -> Live:
        """The live checks, and what is tallied of them."""
        return live(self.reference, self.ranges, self.directorate)

    @cached_property
    def block(self) -> Block:
        """Where the tallies are."""
        return Block(left=len(self.words), length=len(self.live.tallies))

    def add_sheet(self, name: str, header_row: int, pages_high: int = 0, *, may_sort: bool = False) -> Worksheet:
        """Return a new sheet, protected and set up for print.

        Args:
            name: Its name.
            header_row: The last row that every printed page repeats, from 0.
            pages_high: On how many pages it has to fit; 0 for as many as it takes.
            may_sort: Whether its rows can be sorted; never with locked cells in them (docs/decisions/0012).
        """
        sheet = self.add_page(name, f"{self.title}, {self.sent_by}", header_row, pages_high)
        sheet.protect(options={**_ALLOWED, "sort": may_sort})
        return sheet

    def write_lists(self) -> None:
        """Write the hidden sheet that drop-downs and live checks read: one list per column, then the tallies."""
        sheet = self.add_sheet(LISTS_SHEET, header_row=0)
        sheet.hide()
        text = self.format(num_format=TEXT_FORMAT)
        for index, (name, words) in enumerate(self.words.items()):
            sheet.write_column(0, index, [name, *words], text)
        left = self.block.left
        sheet.write_row(0, left, BLOCK_HEADER, text)
        plain = self.format()
        for number, tally in enumerate(self.live.tallies):
            row = number + FIRST_ROW - 1
            sheet.write_row(row, left, (tally.sheet, tally.sentence), text)
            for place, formula in enumerate((tally.rows, tally.first), start=2):
                write_array(sheet, row, left + place, formula, plain)
            write_formula(sheet, row, left + 4, self.block.turn(number), plain)
