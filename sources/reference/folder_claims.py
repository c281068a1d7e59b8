"""What the claims of a reference folder must be: figures that a report prints, and what they are compared with.

Here belongs D63 and the form of a testable claim (R50). Not here: comparing them (``dbt_project``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.reference.folder_cells import is_typed
from sources.reference.folder_contract import FieldKind
from sources.reference.folder_lookup import in_row, unknown
from sources.reference.folder_problems import Problem
from sources.reference.folder_reader import Row, Tables
from sources.reference.folder_required import NOT_STATED, WHOLE_COUNCIL

# Pounds.
_UNIT = "GBP"
# An interval with one end alone is told already.
_NEEDED = {
    "value_low": "Fill it in, and value_high",
    "warehouse_measure": "Fill it in",
    "warehouse_period": "Fill it in",
}


def claims_can_be_compared(tables: Tables) -> Iterator[Problem]:
    """D63 and R50: the interval holds the printed value, and a testable claim says with what to compare."""
    directorates = {row["directorate_code"] for row in tables["directorate"]} | {WHOLE_COUNCIL}
    where = f"directorate.csv, nor {WHOLE_COUNCIL} for the whole council"
    yield from unknown(tables, "published_claim", "directorate_code", directorates, where)
    for row in tables["published_claim"]:
        low, printed, high = row["value_low"], row["printed_value"], row["value_high"]
        if (low is None) != (high is None) or (
            low is not None and not low <= (low if printed is None else printed) < high
        ):
            what = f"the interval {low} to {high} does not hold the printed value"
            yield in_row(
                "published_claim", row, "value_low", what, "Write printed value ± half a unit of its last digit"
            )
        if row["is_testable"]:
            yield from _testable_claim(row)


def _testable_claim(row: Row) -> Iterator[Problem]:
    for column, remedy in _NEEDED.items():
        if row[column] is None:
            yield in_row("published_claim", row, column, "a testable claim needs it", remedy)
    if row["unit"] != _UNIT:
        what = f"a claim in '{row['unit']}' cannot be compared with Table 1, which is in pounds"
        yield in_row("published_claim", row, "unit", what, f"Write {_UNIT} and pounds, or is_testable false")
    if row["financial_year"] == NOT_STATED:
        what = "a claim without a year cannot be compared"
        yield in_row("published_claim", row, "is_testable", what, "Write false, or the year")
    if row["warehouse_measure"] and not re.fullmatch(r"[a-z_]+_gbp(\+[a-z_]+_gbp)*", row["warehouse_measure"]):
        what = f"'{row['warehouse_measure']}' is no sum of columns of Table 1"
        yield in_row("published_claim", row, "warehouse_measure", what, "Write projected_gbp+deferred_gbp, for example")
    if row["warehouse_period"] and not _is_a_period(row["warehouse_period"]):
        what = f"'{row['warehouse_period']}' is no year and period"
        yield in_row("published_claim", row, "warehouse_period", what, "Write it as 2026/27 P06")


def _is_a_period(text: str) -> bool:
    year, _, period = text.partition(" ")
    return is_typed(FieldKind.YEAR, year) and is_typed(FieldKind.PERIOD, period)
