"""Rows of a return for scenarios: a few amounts given, every other template column filled in.

Here belongs what an officer would have typed beside the amounts that a test is about. Not here:
which return the rows stand in (``scenarios``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sources.contract.places import letter
from sources.lines.line_files import row_hash
from sources.template.declaration import SAVINGS, Sheet
from tests.scenario_reference import DEFAULT_REFERENCE, Row

Money = int | str | Decimal

PENNY = Decimal("0.01")
PROJECT_OF = {"AH": "PRJ-0001", "CH": "PRJ-0002", "PL": "PRJ-0003", "CO": "PRJ-0004"}

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Savings": {
        "benefit_type": "Efficiency",
        "cashable": "Cashable",
        "recurrence": "Recurrent",
        "rag": "Green",
        "maturity": "Delivering",
    },
    "Deferrals": {"reason": "Mobilisation"},
    "Projects": {"owner_post": "Head of service", "stage": "Delivery"},
    "Investment": {
        "funding_source": "Transformation fund",
        "approved_gbp": 0,
        "committed_gbp": 0,
        "drawn_to_date_gbp": 0,
        "is_enabling": False,
    },
    "Risks": {
        "description": "It may not happen.",
        "likelihood": 3,
        "impact_gbp": 0,
        "current_rating": "High",
        "residual_rating": "Medium",
        "owner_post": "Head of service",
    },
    "PlanChanges": {"type": "Reduce", "reason": "Less can be saved."},
    "Pipeline": {"title": "An idea", "maturity": "Idea"},
}


def line(
    saving_ref: str,
    baseline: Money,
    projected: Money | None,
    *,
    achieved: Money = 0,
    deferred: Money = 0,
    undeliverable: Money = 0,
    **columns: Any,
) -> Row:
    """Return a row of the Savings sheet; amounts are pounds, ``deferred`` may be ``"N/A"`` (R18).

    Any other column goes by its template name. Unless said otherwise the plan year is the reporting
    year, what is deferred goes to the year after the reporting year, and the full-year effect is
    what is projected and deferred.
    """
    is_not_applicable = deferred == "N/A"
    return {
        "saving_ref": saving_ref,
        "baseline_gbp": baseline,
        "projected_gbp": projected,
        "achieved_to_date_gbp": achieved,
        "deferred_gbp": 0 if is_not_applicable else deferred,
        "undeliverable_gbp": undeliverable,
        "is_deferred_not_applicable": is_not_applicable,
        **columns,
    }


def year_after(financial_year: str, years: int = 1) -> str:
    """Return the financial year so many years later: 2021/22 to 2022/23."""
    start = int(financial_year[:4]) + years
    return f"{start}/{(start + 1) % 100:02d}"


def typed_rows(sheet: Sheet, rows: Iterable[Row], directorate: str, year: str) -> list[Row]:
    """Return rows as intake would have typed them: every column, addresses, hash; headers in row 1."""
    return [_typed(sheet, row, number, directorate, year) for number, row in enumerate(rows, start=2)]


def _typed(sheet: Sheet, given: Row, source_row: int, directorate: str, year: str) -> Row:
    usual = {"plan_year": year, "year": year, "directorate_code": directorate, **_DEFAULTS[sheet.name]}
    row = {column.name: usual.get(column.name) for column in sheet.columns} | given
    if sheet is SAVINGS:
        row = _usual_saving(row, given, directorate, year)
    for column in sheet.columns:
        if column.is_money:
            amount = row[column.name]
            row[column.name] = None if amount is None else Decimal(amount).quantize(PENNY)
            row[f"{column.name}_cell"] = f"{letter(sheet, column.name)}{source_row}"
    return {"source_sheet": sheet.name, "source_row": source_row, **row, "row_hash": row_hash(sheet, row)}


def _usual_saving(row: Row, given: Row, directorate: str, year: str) -> Row:
    projected, deferred = row["projected_gbp"], Decimal(row["deferred_gbp"] or 0)
    usual = {
        "project_ref": PROJECT_OF.get(directorate),
        "saving_title": f"Saving {row['saving_ref']}",
        "service": next(
            (s["service_code"] for s in DEFAULT_REFERENCE["service"] if s["directorate_code"] == directorate), None
        ),
        "start_date": date(int(row["plan_year"][:4]), 4, 1),
        "full_year_effect_gbp": None if projected is None else Decimal(projected) + deferred,
        "deferred_to_year": year_after(year) if deferred else None,
        "status": "Not yet quantified" if projected is None else "On track",
        "budget_code": "AB12345" if row["achieved_to_date_gbp"] else None,
    }
    return row | {name: value for name, value in usual.items() if name not in given}
