"""The grid: directorate x reporting period, from the register and never from a file's name.

Here belongs which cells there are and how one is named. Not here: what fills them
(``intake_assets``).
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import dagster as dg

from sources.reference.reference import Reference

GRID = dg.AssetKey("directorate_return")
DIRECTORATE, PERIOD = "directorate", "period"
# Periods are added as they end: the calendar goes on for years of which there is nothing to see yet.
PERIODS = dg.DynamicPartitionsDefinition(name=PERIOD)


def grid(reference: Path) -> dg.MultiPartitionsDefinition:
    """Return the cells: the directorates of the reference folder's register, and the periods that there are.

    Only one column is read here: a folder that is wrong elsewhere must not keep the code location from
    loading, for custody goes on whatever the reference data say.
    """
    directorates = dg.StaticPartitionsDefinition(_codes(reference / "directorate.csv"))
    return dg.MultiPartitionsDefinition({DIRECTORATE: directorates, PERIOD: PERIODS})


def ended_periods(reference: Reference, today: date) -> list[str]:
    """Return the periods of the calendar that are over, in its order: returns for them are awaited or there."""
    return [
        period_name(row["financial_year"], row["reporting_period"])
        for row in reference.tables["reporting_calendar"]
        if row["as_at_date"] <= today
    ]


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


def _codes(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return sorted({row["directorate_code"] for row in csv.DictReader(stream)})
    except (OSError, KeyError, UnicodeDecodeError):
        return []
