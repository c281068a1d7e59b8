"""The council's reference folder for the three years: the bundled one, with what the scenario changes.

Here belong plan, calendar, decisions and the reorganisation of the scenario as CSV files. Not here:
what directorates send (``returns``).
"""

from __future__ import annotations

import calendar
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sources.reference.folder_writer import read_list, write_list
from sources.reference.reference import bundled_reference
from sources.samples.many_years.story import YEARS, Line, lines, texts

PERIODS = tuple(f"P{number:02d}" for number in range(1, 14))
DIRECTORATES = ("AH", "CH", "PL", "CO")
OLD, NEW, NEW_NAME = "CO", "RS", "Resources"
REORGANISED_ON = date(2023, 4, 1)

_DAYS_TO_REPORT, _DAYS_TO_CLOSE_DOWN = 15, 60
_SOURCE = "illustrative"


def write_reference(folder: Path, *, is_later: bool) -> None:
    """Write the scenario's reference folder.

    Args:
        folder: Where; it must not exist.
        is_later: Whether it is the one that is adopted later, which also lists the lines and
            decisions that were missing at first.
    """
    shutil.copytree(bundled_reference(), folder)
    for name, rows in _tables(is_later).items():
        write_list(folder, name, rows)
    settings = folder / "setting.csv"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("(AH|CH|PL|CO)", f"(AH|CH|PL|CO|{NEW})"), encoding="utf-8")


def due_dates(years: Iterable[str] = YEARS) -> dict[tuple[str, str], tuple[date, date]]:
    """Return the as-at and the due date of each period of some years, the scenario's if none are named."""
    found = {}
    for year in years:
        for number, period in enumerate(PERIODS, start=1):
            month = min(number, 12) + 3
            in_year, month = int(year[:4]) + (month > 12), (month - 1) % 12 + 1
            as_at = date(in_year, month, calendar.monthrange(in_year, month)[1])
            days = _DAYS_TO_CLOSE_DOWN if period == PERIODS[-1] else _DAYS_TO_REPORT
            found[year, period] = (as_at, as_at + timedelta(days=days))
    return found


def calendar_rows(years: Iterable[str] = YEARS) -> list[dict[str, Any]]:
    """Return the reporting calendar of some years, the scenario's if none are named."""
    return [
        {"financial_year": year, "reporting_period": period, "as_at_date": as_at, "return_due_date": due}
        for (year, period), (as_at, due) in due_dates(years).items()
    ]


def plan_rows(planned: Iterable[Line]) -> list[dict[str, Any]]:
    """Return lines as the approved plan lists them."""
    return [
        {
            "saving_ref": line.saving_ref,
            "plan_year": line.plan_year,
            "directorate_code": line.directorate_code,
            "is_cashable": str(line.is_cashable).lower(),
            "baseline_gbp": line.amount_gbp,
            "budget_document": f"Transformation plan {line.plan_year} ({_SOURCE})",
        }
        for line in planned
    ]


def directorates_in(year: str) -> tuple[str, ...]:
    """Return who reports for the periods of a year."""
    is_after = int(year[:4]) >= REORGANISED_ON.year
    return tuple(NEW if is_after and code == OLD else code for code in DIRECTORATES)


def _tables(is_later: bool) -> Mapping[str, Iterable[Mapping[str, Any]]]:
    last_day = REORGANISED_ON - timedelta(days=1)
    old = _bundled("directorate")
    renamed = [row | {"valid_to": last_day, "successor_code": NEW} for row in old if row["directorate_code"] == OLD]
    return {
        "directorate": [
            *(row for row in old if row["directorate_code"] != OLD),
            *renamed,
            {"directorate_code": NEW, "directorate_name": NEW_NAME, "valid_from": REORGANISED_ON},
        ],
        "service": _services(last_day),
        "reporting_calendar": [
            *calendar_rows(),
            *(row for row in _bundled("reporting_calendar") if row["financial_year"] > YEARS[-1]),
        ],
        "expected_return": [
            {"directorate_code": code, "financial_year": year, "from_period": PERIODS[0]}
            for year in YEARS
            for code in directorates_in(year)
        ],
        "approved_plan": _plan(is_later),
        "printed_plan_total": _totals(_plan(is_later)),
        "plan_change": texts("plan_changes"),
        "decision": [row for row in texts("decisions") if is_later or row["recorded"] == "at first"],
        "finance_bp": [
            *_bundled("finance_bp"),
            {
                "directorate_code": NEW,
                "finance_bp_name": _partner(NEW_NAME),
                "post": f"Finance business partner, {NEW_NAME}",
                "valid_from": REORGANISED_ON,
            },
        ],
        "fund": [row | {"window_from": YEARS[0], "window_to": YEARS[1], "source": _SOURCE} for row in texts("funds")],
        # What the report prints is of another year's plan.
        "published_claim": [],
    }


def partner_of(directorate: str) -> str:
    """Return the name under which a directorate's finance business partner signs."""
    names = {row["directorate_code"]: row["directorate_name"] for row in _bundled("directorate")} | {NEW: NEW_NAME}
    return _partner(names[directorate])


def _partner(directorate_name: str) -> str:
    return f"Finance business partner, {directorate_name} (illustrative)"


def _services(last_day: date) -> list[dict[str, Any]]:
    rows = _bundled("service")
    moved = [row for row in rows if row["directorate_code"] == OLD]
    return [
        *(row for row in rows if row["directorate_code"] != OLD),
        *(row | {"valid_to": last_day} for row in moved),
        *(row | {"directorate_code": NEW, "valid_from": REORGANISED_ON} for row in moved),
    ]


def _plan(is_later: bool) -> list[dict[str, Any]]:
    listed = {"plan", "later"} if is_later else {"plan"}
    return plan_rows(line for line in lines() if line.registered in listed)


def _totals(plan: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    columns = ("directorate_code", "plan_year", "is_cashable")
    totals: defaultdict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for row in plan:
        totals[tuple(row[column] for column in columns)] += row["baseline_gbp"]
    return [
        {**dict(zip(columns, key, strict=True)), "baseline_gbp": total, "source": _SOURCE}
        for key, total in totals.items()
    ]


def _bundled(name: str) -> list[dict[str, Any]]:
    return read_list(bundled_reference(), name)
