"""Place's return with a row on every sheet, and the amounts that no line of the council's, or all, come near.

Here belongs that return alone. Not here: the usual one, which fills the sheets that it needs (``returns``).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sources.reader.cells import Workbook
from tests.returns import FUND_ROWS, LINES, RISK, good_return

LIMIT = Decimal(100_000_000)
COUNCIL_LIMIT = Decimal(1_000_000_000)
IDEA = {
    "idea_ref": "I1",
    "title": "One depot",
    "year": "2022/23",
    "low_gbp": 100_000,
    "likely_gbp": 150_000,
    "high_gbp": 200_000,
    "maturity": "Idea",
}
_PROPOSAL = {
    "change_ref": "C1",
    "saving_ref": "PL-21-001",
    "plan_year": "2021/22",
    "type": "Increase",
    "amount_gbp": 1000,
    "reason": "The depot closes earlier.",
}
_SPLIT = {"saving_ref": "PL-21-004", "plan_year": "2021/22", "reason": "Covid"}
_ROWS = {
    "Deferrals": [
        _SPLIT | {"deferred_to_year": "2022/23", "deferred_gbp": 750_000},
        _SPLIT | {"deferred_to_year": "2023/24", "deferred_gbp": 9_000},
    ],
    "Investment": [FUND_ROWS[0] | {"forecast_gbp": 900_000, "annual_ongoing_cost_gbp": 1_000}],
    "Risks": [RISK],
    "PlanChanges": [_PROPOSAL],
    "Pipeline": [IDEA],
}


def whole_return(edits: Mapping[str, object]) -> Workbook:
    """Return a return that no check refuses, with cells typed over, as ``Savings!M2``."""
    return good_return(edits, lines=(*LINES[:3], LINES[3] | {"deferred_to_year": "Multiple"}), rows=_ROWS)
