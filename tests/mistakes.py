"""Rows with a mistake or two each, so that each live check of the workbook finds something.

Here belong the rows alone, sheet by sheet, to be put below clean ones. Not here: defects with the
finding that they raise (``defects``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.returns import DEFERRED, FUND_ROWS, LINES, line

# The drop-down's word: the name of the service would be read as well, as an alias.
_SERVICE = {"service": "PL-PLA"}


def _line(*about: Any, **columns: Any) -> dict[str, Any]:
    return line(*about, **{**_SERVICE, **columns})


# What a cell is to show whose formula comes to no value.
ERROR = "#DIV/0!"
CLEAN_LINES = tuple({**each, **_SERVICE} for each in LINES)
_PL = "PL-21-"
SAVINGS_MISTAKES: tuple[dict[str, Any], ...] = (
    _line(f"{_PL}010", 1000, None),  # projected is empty
    _line(f"{_PL}011", 1000, 1000, full_year_effect_gbp=None),
    _line(f"{_PL}012", 1000, 500, deferred_gbp=None, undeliverable_gbp=None),
    _line(f"{_PL}013", 1000, 1000, deferred_gbp=None),  # read as 0: no mistake
    _line(f"{_PL}014", 1000, None, status="Not yet quantified"),  # no mistake either
    _line(f"{_PL}015", "1,000", 1000),  # text
    _line(f"{_PL}016", 1000, 1000, achieved_to_date_gbp=-5),
    _line("AH-2021-1", 1000, 1000),
    _line("ZZ-21-017", 1000, 1000, budget_code="12345AB"),
    _line(f"{_PL}018", 1000, 1000, project_ref="PRJ-9999"),
    _line(f"{_PL}018", 1000, 1000, fund_ref="TF-9999"),  # stands twice
    _line(f"{_PL}019", 1000, 500, deferred_gbp=500, deferred_to_year="2021/22"),
    _line(f"{_PL}020", 1000, 500, deferred_gbp=500),
    _line(f"{_PL}021", 1000, 1000, deferred_to_year="2023/24"),
    _line(f"{_PL}022", 1000, 1000, deferred_gbp="n/a", deferred_to_year="2023/24"),
    _line(f"{_PL}023", 1000, 500, deferred_gbp=500, deferred_to_year="Multiple"),
    _line(f"{_PL}024", 1000, 500, deferred_gbp=500, deferred_to_year="Multiple"),
    _line(f"{_PL}025", 1000, Decimal("0.7"), deferred_gbp=Decimal("0.1"), undeliverable_gbp=Decimal("999.21")),
    _line(f"{_PL}026", Decimal("0.8"), Decimal("0.1"), deferred_gbp=Decimal("0.7"), deferred_to_year="2022/23"),
    _line(f"{_PL}027", 1000, 1000, benefit_type="COST AVOIDANCE"),
    _line(f"{_PL}028", 1000, 1000, replaces_ref=f"{_PL}001"),
    _line(f"{_PL}029", 1000, 1000, status="Slipping", rag=None, plan_year=date(2022, 12, 21)),
    {"notes": "a row that holds nothing else"},
    _line(None, 1000, 1000),  # has no reference
    {"saving_title": "Sum of all", "baseline_gbp": 1, "projected_gbp": 1},  # amounts and text alone may be a total
    _line(f"{_PL}031", 1000, 1000, plan_year="2022/23", achieved_to_date_gbp=5),
    _line(f"{_PL}032", 1000, 800, undeliverable_gbp=300, decision_ref="D1"),
    _line(f"{_PL}033", 1000, 1000, service="PL-PLA\n", cashable="Non\u2013cashable"),  # no mistake
    _line(f"{_PL}030", 1000, 990, **{**DEFERRED, "deferred_gbp": 10}, service="Planets"),
)
_SPLIT = {"saving_ref": f"{_PL}024", "plan_year": "2021/22"}
OTHER_MISTAKES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "Deferrals": (
        {**_SPLIT, "deferred_to_year": "2022/23", "deferred_gbp": 100, "reason": "Covid"},
        {**_SPLIT, "deferred_to_year": "2022/23", "deferred_gbp": -1},
        {**_SPLIT, "saving_ref": f"{_PL}099", "deferred_to_year": "2020/21", "deferred_gbp": "lots"},
        {"saving_ref": "PL21024", "plan_year": 2021, "deferred_to_year": date(2022, 12, 21), "reason": "Weather"},
    ),
    "Projects": (
        {"project_ref": "PRJ-0301", "project_name": "Stands twice", "stage": "Paused"},
        {"project_ref": "PRJ-31"},
    ),
    "Investment": (
        {**FUND_ROWS[0], "committed_gbp": 900_001},
        {**FUND_ROWS[0], "fund_ref": "TF-2", "drawn_to_date_gbp": 850_001, "project_ref": "PRJ-7777", "year": None},
        {"fund_ref": "TF-0003", "approved_gbp": "TBC", "committed_gbp": -1, "funding_source": "Lottery", "year": 2021},
    ),
    "Risks": (
        {"risk_ref": "R1", "saving_ref": f"{_PL}001", "impact_gbp": "high", "current_rating": "Dire"},
        {"risk_ref": "R1", "saving_ref": "first", "impact_gbp": -1},
    ),
    "PlanChanges": (
        {"change_ref": "C1", "saving_ref": "first", "plan_year": 2021, "type": "Transfer", "amount_gbp": "all"},
        {"change_ref": "C1", "saving_ref": f"{_PL}001", "type": "Other", "amount_gbp": -1},
    ),
    "Pipeline": (
        {"idea_ref": "I1", "title": "Idea", "year": 2023, "low_gbp": "8-10m", "high_gbp": -1, "maturity": "Vague"},
        {"idea_ref": "I1", "title": "Idea"},
        {"idea_ref": "I2", "title": "An error in an optional cell", "likely_gbp": ERROR},
    ),
}  # fmt: skip
