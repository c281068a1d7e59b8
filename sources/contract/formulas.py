"""The template's own formulas: control totals and what each line shows of itself, each with its value.

Here belong the formulas of amounts. A formula is always written with its
value, for who reads the file before Excel opened it sees the value alone. Not here: the live checks
of what a return would be blocked for (``live_formulas``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sources.contract.places import cell_in_row, column_range
from sources.reference.reference import Reference
from sources.template.declaration import CONTROL_TOTALS, ROW_COUNT, SAVINGS, SHORTEST_EXPLANATION

Row = Mapping[str, Any]
Formula = tuple[str, Decimal | int | str]

UNEXPLAINED, ACHIEVED_LAST_PERIOD, PROJECTED_LAST_PERIOD, EXPLANATION_NEEDED, TO_MEND = SAVINGS.own_columns
# The column that shows what an amount was in the period before.
LAST_PERIOD = {ACHIEVED_LAST_PERIOD: "achieved_to_date_gbp", PROJECTED_LAST_PERIOD: "projected_gbp"}


def amount(row: Row, column: str) -> Decimal:
    """Return what a formula counts a cell as: a blank and ``N/A`` are 0."""
    value = row.get(column)
    return Decimal(value) if isinstance(value, Decimal | int) else Decimal(0)


def control_totals(rows: Sequence[Row]) -> dict[str, Formula]:
    """Return the formula and value of each control total by its label."""
    count: Formula = (
        f"=COUNTA({column_range(SAVINGS, 'saving_ref')})",
        sum(bool(row.get("saving_ref")) for row in rows),
    )
    totals: dict[str, Formula] = {
        label: (f"=SUM({column_range(SAVINGS, column)})", sum((amount(row, column) for row in rows), Decimal(0)))
        for label, column in CONTROL_TOTALS.items()
    }
    return {ROW_COUNT: count, **totals}


def unexplained(row: Row) -> Decimal:
    """Return what of a line's baseline is neither counted nor deferred nor undeliverable, as entered."""
    counted = min(amount(row, "projected_gbp"), amount(row, "baseline_gbp"))
    return amount(row, "baseline_gbp") - counted - amount(row, "deferred_gbp") - amount(row, "undeliverable_gbp")


def line_formulas(number: int, row: Row, reference: Reference) -> dict[str, Formula]:
    """Return the own formulas of a line by column, ``to_mend`` left out (``live_formulas``).

    Args:
        number: The sheet's row.
        row: What is filled in there; empty for a spare row, whose formulas show nothing.
        reference: Has the limits above which a line has to be explained (D30, D34).
    """
    return {
        UNEXPLAINED: (_unexplained_formula(number), unexplained(row) if row else ""),
        EXPLANATION_NEEDED: (
            _explanation_formula(number, reference),
            _explanation_needed(row, reference) if row else "",
        ),
    }


def _cell(column: str, number: int) -> str:
    return cell_in_row(SAVINGS, column, number)


def _unexplained_formula(number: int) -> str:
    baseline, projected, deferred, undeliverable = (
        _cell(column, number) for column in ("baseline_gbp", "projected_gbp", "deferred_gbp", "undeliverable_gbp")
    )
    left = f"N({baseline})-MIN(N({projected}),N({baseline}))-N({deferred})-N({undeliverable})"
    return f'=IF({_cell("saving_ref", number)}="","",{left})'


def _explanation_formula(number: int, reference: Reference) -> str:
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


def _explanation_needed(row: Row, reference: Reference) -> str:
    baseline, projected = amount(row, "baseline_gbp"), amount(row, "projected_gbp")
    last = amount(row, PROJECTED_LAST_PERIOD)
    is_over = baseline > 0 and projected - baseline > reference.limit("over_projection_share") * baseline
    limit = max(reference.limit("movement_gbp"), reference.limit("movement_share") * last)
    has_moved = row.get(PROJECTED_LAST_PERIOD) is not None and abs(projected - last) > limit
    if not (unexplained(row) or is_over or has_moved):
        return "No"
    return "Given" if len(row.get("variance_explanation") or "") >= SHORTEST_EXPLANATION else "Yes"
