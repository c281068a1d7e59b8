"""Writes the return's workbook from the one declaration: blank, pre-filled or a sample.

Here belongs which sheets there are and what each is filled with. Not here: what a return is
(``template``), how each sheet is laid out (``start_page``, ``return_page``, ``table_pages``,
``guidance_page``), what cells accept (``limits``), and the formulas (``formulas``,
``live_formulas``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.contract.book import Book
from sources.contract.formulas import Row
from sources.contract.guidance_page import write_guidance
from sources.contract.paper import written_to
from sources.contract.return_page import fields_that_follow, write_return
from sources.contract.start_page import write_start
from sources.contract.table_pages import CarriedCell, write_table
from sources.reference.reference import Reference
from sources.template.declaration import (
    DEFERRALS,
    INVESTMENT,
    PIPELINE,
    PLAN_CHANGES,
    PROJECTS,
    RISKS,
    SAVINGS,
    SHEETS,
)

# Lines that an officer may add below the pre-filled ones and still see their formulas. They print, so they
# are few; what is wrong below them still turns red, and is on the Start sheet.
_SPARE_ROWS = 15


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
        rows: Lines of the Savings sheet by template column, with those of ``LAST_PERIOD``
            where there are any; the directorate's lines of the plan in force if None.
        projects: Rows of the Projects sheet.
        investment: Rows of the Investment sheet.
        risks: Rows of the Risks sheet.
        pipeline: Rows of the Pipeline sheet.
        deferrals: Rows of the Deferrals sheet.
        plan_changes: Rows of the PlanChanges sheet.
        return_fields: Values of the Return sheet beside those that follow from the rest.
        note: Sentences shown on the Start sheet: what is published, what illustrative.
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
    with written_to(path) as file:
        book = Book(file, reference, directorate, year, period)
        write_start(book, path.name, note)
        write_return(book, {**fields_that_follow(book), **(return_fields or {})}, savings)
        for sheet in SHEETS:
            write_table(book, sheet, tables[sheet.name], spare_rows, carried)
        book.write_lists()
        write_guidance(book)


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
