"""The grid: directorate x reporting period, from the register and never from a file's name.

Here belongs which cells there are and how one is named. Not here: what fills them
(``intake_assets``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import dagster as dg

DIRECTORATE, PERIOD = "directorate", "period"


def grid(reference: Path) -> dg.MultiPartitionsDefinition:
    """Return the cells that the reference folder's register and calendar give.

    Only the two columns are read here: a folder that is wrong elsewhere must not keep the code
    location from loading, for custody goes on whatever the reference data say.
    """
    directorates = _column_values(reference / "directorate.csv", lambda row: row["directorate_code"])
    periods = _column_values(
        reference / "reporting_calendar.csv", lambda row: period_name(row["financial_year"], row["reporting_period"])
    )
    return dg.MultiPartitionsDefinition(
        {DIRECTORATE: dg.StaticPartitionsDefinition(directorates), PERIOD: dg.StaticPartitionsDefinition(periods)}
    )


def period_name(financial_year: str, reporting_period: str) -> str:
    """Return the name of a period's column in the grid, such as ``2021-22 P06``."""
    return f"{financial_year.replace('/', '-')} {reporting_period}"


def cell(directorate: str, financial_year: str, reporting_period: str) -> dg.MultiPartitionKey:
    """Return the grid's key of one directorate's period."""
    return dg.MultiPartitionKey({DIRECTORATE: directorate, PERIOD: period_name(financial_year, reporting_period)})


def of_cell(key: str) -> tuple[str, str, str]:
    """Return directorate, financial year and period of one of the grid's keys."""
    directorate, period = key.split("|")
    year, number = period.split(" ")
    return directorate, year.replace("-", "/"), number


def _column_values(path: Path, value_of: Callable[[dict[str, str]], str]) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return sorted({value_of(row) for row in csv.DictReader(stream)})
    except (OSError, KeyError, UnicodeDecodeError):
        return []
