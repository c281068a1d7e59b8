"""A council small enough to read: the reference data that scenarios start from.

Here belongs what finance decided unless a test says otherwise: four directorates, a service each,
the words of the template, seven years' calendar. No return is expected, no plan line approved: a
scenario adds those. Not here: what was sent (``scenario_rows``).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sources.reference.folder_contract import Field, FieldKind, reference_file

Row = dict[str, Any]

YEARS = tuple(f"{start}/{(start + 1) % 100:02d}" for start in range(2019, 2026))
PERIODS = tuple(f"P{number:02d}" for number in range(1, 14))
DIRECTORATES = {"AH": "Adults & Housing", "CH": "Children's", "PL": "Place", "CO": "Corporate"}
FIRST_DAY = date(2009, 4, 1)

_BY_KIND: dict[FieldKind, Any] = {
    FieldKind.TEXT: "-",
    FieldKind.MONEY: Decimal(0),
    FieldKind.DECIMAL: Decimal(1),
    FieldKind.INTEGER: 1,
    FieldKind.BOOLEAN: True,
    FieldKind.DATE: FIRST_DAY,
    FieldKind.YEAR: "2021/22",
    FieldKind.PERIOD: "P06",
}

_WORDS = {
    "return_type": ("Initial", "Resubmission", "Restatement", "Nil"),
    "value_unit": ("GBP",),
    "sign_convention": ("saving_positive",),
    "certification": ("Provisional", "Certified"),
    "benefit_type": ("Efficiency", "Income", "Cost avoidance", "Service reduction", "Other"),
    "cashable": ("Cashable", "Non-cashable"),
    "recurrence": ("Recurrent", "One-off"),
    "status": (
        "Delivered",
        "On track",
        "At risk",
        "Delayed",
        "Undeliverable",
        "Withdrawn",
        "Not started",
        "Not yet quantified",
    ),
    "rag": ("Blue", "Green", "Amber", "Red", "Grey"),
    "maturity": ("Idea", "In development", "Fully developed", "Delivering", "Complete"),
    "deferral_reason": (
        "Covid",
        "Mobilisation",
        "Consultation",
        "Procurement",
        "Dependency",
        "Market",
        "Policy",
        "Other",
    ),
    "project_stage": ("Pipeline", "Discovery", "Design", "Delivery", "Closed", "Stopped"),
    "eqia_status": ("Not started", "Screening", "In progress", "Complete", "Not required"),
    "funding_source": (
        "Transformation fund",
        "Flexible capital receipts",
        "Service budget",
        "Capital programme",
        "External",
        "Reserve",
    ),
    "risk_rating": ("Low", "Medium", "High"),
    "plan_change_type": ("New", "Increase", "Reduce", "Transfer", "Delete"),
}

# What the models read: the code in every key, R46, R51.
_SETTINGS = {
    "council_code": "E06000059",
    "rag_red_counted_below": "0.75",
    "rag_red_deferred_above": "0.25",
    "rag_amber_counted_below": "0.95",
    "rag_amber_deferred_above": "0",
    "risk_weight_blue": "1",
    "risk_weight_green": "1",
    "risk_weight_amber": "0.75",
    "risk_weight_red": "0.5",
    "risk_weight_grey": "0",
    "years_kept": "5",
}


def full_rows(table: str, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Return reference rows with every column of the contract; those not given get a default.

    Raises:
        ValueError: If a row has a column that the contract does not know.
    """
    fields = {field.name: field for field in reference_file(table).fields}
    complete = []
    for row in rows:
        unknown = row.keys() - fields.keys() - {"source_line"}
        if unknown:
            raise ValueError(f"{table} has no column {sorted(unknown)}")
        complete.append({name: _value(field, row) for name, field in fields.items()})
    return complete


def _value(field: Field, row: Mapping[str, Any]) -> Any:
    if field.name not in row:
        return _BY_KIND[field.kind] if field.is_required else None
    value = row[field.name]
    return Decimal(value) if field.kind in (FieldKind.MONEY, FieldKind.DECIMAL) and value is not None else value


def _calendar() -> list[Row]:
    """Return P01 (April) to P12 (March) by month, P13 at 31 March; due 15 days after, P13 after 60."""
    rows = []
    for year in YEARS:
        for number, period in enumerate(PERIODS, start=1):
            month = min(number, 12) + 3
            year_of_month, month = int(year[:4]) + (month > 12), (month - 1) % 12 + 1
            as_at = date(year_of_month, month, calendar.monthrange(year_of_month, month)[1])
            due = as_at + timedelta(days=60 if period == "P13" else 15)
            rows.append(
                {"financial_year": year, "reporting_period": period, "as_at_date": as_at, "return_due_date": due}
            )
    return rows


def _years() -> list[Row]:
    return [
        {
            "financial_year": year,
            "start_date": date(int(year[:4]), 4, 1),
            "end_date": date(int(year[:4]) + 1, 3, 31),
            "programme_year_no": int(year[:4]) - 2020,
        }
        for year in YEARS
    ]


DEFAULT_REFERENCE: Mapping[str, list[Row]] = {
    name: full_rows(name, rows)
    for name, rows in {
        "directorate": [{"directorate_code": code, "directorate_name": name} for code, name in DIRECTORATES.items()],
        "service": [
            {"service_code": f"{code}1", "service_name": f"{name} service", "directorate_code": code}
            for code, name in DIRECTORATES.items()
        ],
        "financial_year": _years(),
        "reporting_calendar": _calendar(),
        "vocabulary": [
            {"vocabulary": vocabulary, "code": word, "name": word, "sort_order": number}
            for vocabulary, words in _WORDS.items()
            for number, word in enumerate(words, start=1)
        ],
        "setting": [{"name": name, "value": value} for name, value in _SETTINGS.items()],
        "theme": [{"code": f"T{n}", "name": f"Theme {n}", "sort_order": n} for n in (1, 2, 3)],
        "workstream": [{"code": f"W{n}", "name": f"Workstream {n}", "sort_order": n} for n in (1, 2)],
        "council_value": [{"code": "V1", "name": "Value 1"}],
        "programme_phase": [{"phase_code": code, "phase_name": code} for code in ("SHORT", "MEDIUM")],
        "year_phase": [
            {"financial_year": year, "phase_code": code}
            for year, code in (("2021/22", "SHORT"), ("2022/23", "SHORT"), ("2022/23", "MEDIUM"))
        ],
        "budget_gap": [
            {"financial_year": "2022/23", "component": "Budget gap", "amount_gbp": 1000, "is_unidentified": False}
        ],
    }.items()
}
