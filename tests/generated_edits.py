"""Rows of a return with one cell changed each, as people change them: for the live checks and the door.

Here belongs what is typed by kind of cell. Not here: rows with a mistake of several cells
(``mistakes``), and what is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sources.template.declaration import (
    DEFERRALS,
    INVESTMENT,
    PIPELINE,
    PLAN_CHANGES,
    PROJECTS,
    RISKS,
    SAVINGS,
    SHEETS,
    Kind,
    Sheet,
)
from tests.mistakes import CLEAN_LINES, OTHER_MISTAKES, SAVINGS_MISTAKES
from tests.returns import FUND_ROWS, PROJECT_ROWS, YEAR, line, project

Row = Mapping[str, Any]
Rows = dict[str, list[Row]]
# The serial number of the first edited row.
FIRST = 101

_AMOUNTS = (
    "1,234",
    "£500,000",
    "1.1m",
    "TBC",
    "n/a",
    "N/A ",
    Decimal(-5),
    "(500)",
    "-",
    "?",
    "500 approx",
    Decimal("12.345"),
)
# Excel has no zones: this is what its cell holds.
_LATE = datetime(2021, 9, 30, 22, 30)  # noqa: DTZ001 - a cell has no zone
TYPED: Mapping[Kind, tuple[Any, ...]] = {
    Kind.MONEY: (None, *_AMOUNTS),
    Kind.MONEY_OR_NA: (None, *_AMOUNTS),
    Kind.LIST: (None, "\u00a0", "amber ", "Amber", "nonsense", "Amber/Red", "Not\u00a0started", " Yes", "?", "Cashable",
                "efficiency "),
    Kind.YEAR: (None, "2022-23", Decimal(2022), date(2022, 12, 21), "22/23", "FY22", "2021/22"),
    Kind.YEAR_OR_MULTIPLE: (None, "2022-23", Decimal(2022), date(2022, 12, 21), "multiple", "Multiple ", "2020/21",
                            "2023/24"),
    Kind.REF: (None, "pl-21-001", "PL21001", " PRJ-0301", "PRJ-31", "TF-0001", "PL10001", "12345AB"),
    Kind.REF_LIST: ("T1", "T1:0.6"),
    Kind.TEXT: (None, "Total", "Words", " ", "?"),
    Kind.NARRATIVE: (None, "Words"),
    Kind.DATE: (None, "30/09/2021", "soon", _LATE),
    Kind.INTEGER: (None, "3", "three"),
    Kind.BOOLEAN: (None, "yes ", "maybe"),
}  # fmt: skip


def savings_edited() -> Rows:
    """Return a workbook's rows with every edit and mistake of the Savings sheet; the other sheets are clean."""
    total = {"saving_ref": "Total", "baseline_gbp": sum(each["baseline_gbp"] for each in CLEAN_LINES)}
    unlabelled = {name: sum(each[name] for each in CLEAN_LINES) for name in ("baseline_gbp", "projected_gbp")}
    rows: list[Row] = [
        *CLEAN_LINES,
        total,
        {"saving_title": "All of it", **unlabelled},
        *_edits(SAVINGS),
        *SAVINGS_MISTAKES,
    ]
    split = {"saving_ref": "PL-21-024", "plan_year": YEAR, "deferred_gbp": 250, "reason": "Market"}
    parts: list[Row] = [{**split, "deferred_to_year": year} for year in ("2022/23", "2023/24")]
    return {**_clean_sheets(), SAVINGS.name: rows, DEFERRALS.name: parts}


def others_edited() -> Rows:
    """Return a workbook's rows with every edit and mistake of the other sheets; Savings is clean."""
    rows = _clean_sheets()
    for sheet in SHEETS:
        if sheet is not SAVINGS:
            rows[sheet.name] += [*_edits(sheet), *OTHER_MISTAKES[sheet.name]]
    rows[SAVINGS.name] += [_clean(SAVINGS, number) for number in range(FIRST, FIRST + len(rows[DEFERRALS.name]))]
    return rows


def closedown() -> Rows:
    """Return the rows of a return at closedown with a handful of mistakes, each of another kind."""
    first, second, third, last = CLEAN_LINES
    lines: list[Row] = [
        {**first, "achieved_to_date_gbp": 780_000, "cashable": "Non-cashable", "rag": "Amber/Red"},
        {**second, "achieved_to_date_gbp": 140_000, "baseline_gbp": 365},
        {**third, "service": "?", "maturity": "Vague", "rag": "Amber/Red"},
        {**last, "start_date": _LATE},
    ]
    return {**_clean_sheets(), SAVINGS.name: lines}


def _clean_sheets() -> Rows:
    clean: dict[str, Sequence[Row]] = {
        SAVINGS.name: CLEAN_LINES,
        PROJECTS.name: PROJECT_ROWS,
        INVESTMENT.name: FUND_ROWS,
    }
    return {sheet.name: list(clean.get(sheet.name, ())) for sheet in SHEETS}


def _edits(sheet: Sheet) -> Iterator[Row]:
    number = FIRST
    for column in sheet.columns:
        for value in TYPED[column.kind]:
            yield {**_clean(sheet, number), column.name: value}
            number += 1


def _clean(sheet: Sheet, number: int) -> dict[str, Any]:
    """Return a row that nothing is wrong with by itself."""
    if sheet is SAVINGS:
        return line(f"PL-21-{number}", 1000, 600, service="PL-PLA", deferred_gbp=400,
                    deferred_to_year="2022/23", status="Delayed", rag="Amber",
                    variance_explanation="£400 moves to next year, as agreed.")  # fmt: skip
    if sheet is PROJECTS:
        return project(f"PRJ-1{number}", f"Project {number}")
    clean: dict[str, dict[str, Any]] = {
        DEFERRALS.name: {"saving_ref": f"PL-21-{number}", "plan_year": YEAR, "deferred_to_year": "2022/23",
                         "deferred_gbp": 400, "reason": "Market"},
        RISKS.name: {"risk_ref": f"R{number}", "saving_ref": "PL-21-001", "description": "It may rain.",
                     "likelihood": 2, "impact_gbp": 5, "current_rating": "Low", "residual_rating": "Low",
                     "owner_post": "Manager"},
        PLAN_CHANGES.name: {"change_ref": f"C{number}", "saving_ref": "PL-21-001", "plan_year": YEAR, "type": "Reduce",
                            "amount_gbp": 5, "reason": "Less."},
        PIPELINE.name: {"idea_ref": f"I{number}", "title": "Idea", "year": "2023/24", "low_gbp": 1, "high_gbp": 2,
                        "maturity": "Idea"},
    }  # fmt: skip
    return clean.get(sheet.name) or {**FUND_ROWS[0], "fund_ref": f"TF-1{number}"}
