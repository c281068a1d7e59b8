"""The plan in force, the plain way: one line at a time, its changes in the order of effect (R34).

Here belongs what a reference folder says of a line at a period. Not here: when which folder was in
force (``history_oracle``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Line = tuple[str, str]  # saving_ref, plan_year


def year_key(year: str) -> int:
    return int(year[:4])


def year_of(key: int) -> str:
    """Return 2021/22 for 2021."""
    return f"{key}/{(key + 1) % 100:02d}"


def period_key(year: str, period: str) -> int:
    return year_key(year) * 100 + int(period[1:])


@dataclass(frozen=True)
class PlanLine:
    directorate: str
    is_cashable: bool
    baseline: Decimal
    original: Decimal


class Plan:
    """The plan of one reference folder."""

    def __init__(self, approved: Iterable[Row], changes: Iterable[Row]) -> None:
        self._rows: dict[Line, list[tuple[int, Row]]] = {}
        for row in approved:
            self._rows.setdefault((row["saving_ref"], row["plan_year"]), []).append((0, row))
        for row in sorted(changes, key=lambda row: (row["change_type"] != "New", row["change_ref"])):
            effective = period_key(row["effective_year"], row["effective_period"])
            self._rows.setdefault((row["saving_ref"], row["plan_year"]), []).append((effective, row))

    def line(self, line: Line, period: int) -> PlanLine | None:
        """Return a line as at a period; None if the plan does not have it then."""
        now: PlanLine | None = None
        for effective, row in sorted(self._rows.get(line, []), key=lambda entry: entry[0]):
            if effective <= period:
                now = _changed(now, row)
        return now

    def lines(self, period: int) -> dict[Line, PlanLine]:
        """Return every line that the plan has as at a period."""
        found = {line: self.line(line, period) for line in self._rows}
        return {line: planned for line, planned in found.items() if planned is not None}


def _changed(line: PlanLine | None, row: Row) -> PlanLine | None:
    """Return a line after one row of approved_plan or plan_change."""
    kind = row.get("change_type")
    if kind is None:
        return PlanLine(row["directorate_code"], row["is_cashable"], row["baseline_gbp"], row["baseline_gbp"])
    if kind == "New":
        return PlanLine(row["directorate_code"], row["is_cashable"], row["amount_gbp"], Decimal(0))
    if line is None or kind == "Delete":
        return None
    directorate = row["directorate_code"] if kind == "Move" else line.directorate
    return PlanLine(directorate, line.is_cashable, line.baseline + row["amount_gbp"], line.original)
