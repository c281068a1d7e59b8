"""The template's own formulas: control totals and what each line shows of itself.

Here belong the formulas of amounts. Control totals are written with their values, for a return that
nobody opened in Excel is one all the same, and its totals are read; of all other formulas Excel
works the value out when the workbook is opened. Not here: the live checks of what a return would be
blocked for (``live_formulas``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sources.contract.places import cell_in_row, column_range
from sources.reference.reference import Reference
from sources.template.declaration import CONTROL_TOTALS, ROW_COUNT, SAVINGS, SHORTEST_EXPLANATION

Row = Mapping[str, Any]
Formula = tuple[str, Decimal | int]

TO_CORRECT, ACHIEVED_LAST_PERIOD, PROJECTED_LAST_PERIOD, UNEXPLAINED, EXPLANATION_NEEDED = (
    column.name for column in SAVINGS.own_columns
)
# The column that shows what an amount was in the period before.
LAST_PERIOD = {ACHIEVED_LAST_PERIOD: "achieved_to_date_gbp", PROJECTED_LAST_PERIOD: "projected_gbp"}


def control_totals(rows: Sequence[Row]) -> dict[str, Formula]:
    """Return the formula and value of each control total by its label."""
    count: Formula = (
        f"=COUNTA({column_range(SAVINGS, 'saving_ref')})",
        sum(bool(row.get("saving_ref")) for row in rows),
    )
    totals: dict[str, Formula] = {
        label: (f"=SUM({column_range(SAVINGS, column)})", sum((_amount(row, column) for row in rows), Decimal(0)))
        for label, column in CONTROL_TOTALS.items()
    }
    return {ROW_COUNT: count, **totals}


def line_formulas(number: int | str, reference: Reference) -> dict[str, str]:
    """Return the own formulas of a line by column, ``to_correct`` left out (``live_formulas``).

    Args:
        number: The sheet's row.
        reference: Has the limits above which a line has to be explained (D30, D34).
    """
    return {UNEXPLAINED: _unexplained(number), EXPLANATION_NEEDED: _explanation_needed(number, reference)}


def _amount(row: Row, column: str) -> Decimal:
    """Return what SUM counts a cell as: a blank and ``N/A`` are 0."""
    value = row.get(column)
    return Decimal(value) if isinstance(value, Decimal | int) else Decimal(0)


def _cell(column: str, number: int | str) -> str:
    return cell_in_row(SAVINGS, column, number)


def _unexplained(number: int | str) -> str:
    baseline, projected, deferred, undeliverable = (
        _cell(column, number) for column in ("baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")
    )
    left = f"N({baseline})-MIN(N({projected}),N({baseline}))-N({deferred})-N({undeliverable})"
    return f'=IF({_cell("saving_ref", number)}="","",ROUND({left},2))'


def _explanation_needed(number: int | str, reference: Reference) -> str:
    baseline, projected, last, why = (
        _cell(column, number)
        for column in ("baseline_gbp", "projected_gbp", PROJECTED_LAST_PERIOD, "variance_explanation")
    )
    over = f"N({projected})-N({baseline})>{reference.limit('over_projection_share')}*N({baseline})"
    limit = f"MAX({reference.limit('movement_gbp')},{reference.limit('movement_share')}*N({last}))"
    moved = f"AND(ISNUMBER({last}),ABS(N({projected})-N({last}))>{limit})"
    needed = f"OR({_cell(UNEXPLAINED, number)}<>0,AND(N({baseline})>0,{over}),{moved})"
    said = f'IF(LEN({why})<{SHORTEST_EXPLANATION},"Yes","Given")'
    return f'=IF({_cell("saving_ref", number)}="","",IF({needed},{said},"No"))'
