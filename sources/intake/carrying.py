"""What of an accepted return goes on into the next one: what stays as it is until somebody changes it.

Here belongs which cells of a row are carried, sheet by sheet. Not here: which rows a directorate is
given (``prefill``), and how a carried cell looks (``contract.writer``).

Source: ruling A5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sources.parsing.rows import ZERO
from sources.template.declaration import MULTIPLE_YEARS, SAVINGS, Sheet

Row = Mapping[str, Any]

_NOT_APPLICABLE = "N/A"
# What every period has to say of a line for itself.
SAID_ANEW = ("achieved_to_date_gbp", "projected_gbp", "variance_explanation", "notes")
_DEFERRAL = ("deferred_gbp", "deferred_to_year")


def as_entered(sheet: Sheet, row: Row) -> dict[str, Any]:
    """Return a typed row's cells as its sender had entered them."""
    cells = {column.name: row.get(column.name) for column in sheet.columns}
    if row.get("is_deferred_not_applicable"):
        cells["deferred_gbp"] = _NOT_APPLICABLE
    return cells


def carried_line(row: Row, parts: Sequence[Row], year: str) -> dict[str, Any]:
    """Return the cells of a line that stand until they are changed.

    Args:
        row: Its typed row in the return before.
        parts: Its rows of the Deferrals sheet there.
        year: The reporting year of the new return.
    """
    left_out = SAID_ANEW if is_still_deferred(row, parts, year) else (*SAID_ANEW, *_DEFERRAL)
    return {name: value for name, value in as_entered(SAVINGS, row).items() if name not in left_out}


def is_still_deferred(row: Row, parts: Iterable[Row], year: str) -> bool:
    """Return whether all that a line defers is for years after a reporting year; true where nothing is deferred."""
    if not row["deferred_gbp"] or row["deferred_gbp"] == ZERO:
        return True
    years = [part["deferred_to_year"] for part in parts] if row["deferred_to_year"] == MULTIPLE_YEARS else []
    years = years or [row["deferred_to_year"] or ""]
    return all(MULTIPLE_YEARS > to > year for to in years)


def open_proposals(rows: Iterable[Row], decided: Iterable[str]) -> list[Row]:
    """Return the plan changes that finance has not recorded under their reference."""
    known = set(decided)
    return [row for row in rows if row["change_ref"] not in known]


def of_year(fund: Row, year: str) -> dict[str, Any]:
    """Return a fund line's cells; which year its figures are of is asked again in a new one."""
    return {**fund, "year": fund["year"] if fund["year"] == year else None}
