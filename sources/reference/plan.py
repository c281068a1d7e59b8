"""The plan in force: the approved plan with finance's decided changes, as at any period (R34).

Here belongs what each kind of change does to a line, and the questions about the result. Not here:
reading the two files (``folder_reader``), and what a return says of the plan (``judging.checks``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sources.reference.folder_reader import Row

Line = tuple[str, str]  # saving_ref, plan_year
Period = tuple[str, str]  # financial year, reporting period: in the order of time
# Earlier than every period that a plan change can name: the plan as it was approved.
BEFORE_EVERYTHING: Period = ("", "")
# Later than every period that a plan change can name: the plan with all that is decided.
AFTER_EVERYTHING: Period = ("9999/00", "P13")
CHANGE_TYPES = ("New", "Increase", "Reduce", "Transfer", "Move", "Delete")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line of the plan, as at a period.

    Attributes:
        saving_ref: With ``plan_year`` the line's natural key.
        plan_year: The year in which it was first budgeted.
        directorate_code: Who may send it then (R24, D68).
        is_cashable: Whether a budget is reduced by it.
        baseline_gbp: Pounds, changes effective by then included.
        original_baseline_gbp: Pounds, without changes; 0 for a line that a change brought in.
    """

    saving_ref: str
    plan_year: str
    directorate_code: str
    is_cashable: bool
    baseline_gbp: Decimal
    original_baseline_gbp: Decimal


class MisfitError(ValueError):
    """A plan change cannot be made to the plan as it stands by then.

    Attributes:
        column: The column of plan_change.csv that is wrong.
        remedy: How to mend it.
    """

    def __init__(self, column: str, what: str, remedy: str) -> None:
        super().__init__(what)
        self.column = column
        self.remedy = remedy


def changed(states: Sequence[PlanLine | None], change: Row) -> PlanLine | None:
    """Return the line after a change: None once it is deleted.

    Args:
        states: The line's states so far, the last one being what the change meets; empty if the
            plan never had it. A reference is never used again, so New needs it empty.
        change: A row of plan_change.csv.

    Raises:
        MisfitError: If there is no such line to change, there already was one, or the amount
            does not fit the kind of change.
    """
    if change["change_type"] == "New":
        return _brought_in(states, change)
    line = states[-1] if states else None
    if line is None:
        what = f"{change['saving_ref']} {change['plan_year']} is not in the plan by then"
        raise MisfitError("saving_ref", what, "Name a line of approved_plan.csv, or bring it in first by a New row")
    if change["change_type"] == "Move":
        return _moved(line, change)
    if change["change_type"] == "Delete":
        _check_deletion(line, change)
        return None
    return replace(line, baseline_gbp=_new_baseline(line, change["change_type"], change["amount_gbp"]))


def _brought_in(states: Sequence[PlanLine | None], change: Row) -> PlanLine:
    if states:
        what = f"{change['saving_ref']} {change['plan_year']} was in the plan before"
        raise MisfitError("saving_ref", what, "Use Increase or Reduce, or a reference that was never used")
    for column in ("directorate_code", "is_cashable"):
        if change[column] is None:
            raise MisfitError(column, "a New line needs it", "Fill it in")
    if change["amount_gbp"] < 0:
        raise MisfitError("amount_gbp", f"{change['amount_gbp']} is negative", "Write the new baseline")
    return PlanLine(
        saving_ref=change["saving_ref"],
        plan_year=change["plan_year"],
        directorate_code=change["directorate_code"],
        is_cashable=change["is_cashable"],
        baseline_gbp=change["amount_gbp"],
        original_baseline_gbp=Decimal("0.00"),
    )


def _check_deletion(line: PlanLine, change: Row) -> None:
    if change["amount_gbp"] != -line.baseline_gbp:
        what = f"{change['amount_gbp']} is not minus the whole baseline, which is {line.baseline_gbp} by then"
        raise MisfitError("amount_gbp", what, f"Write {-line.baseline_gbp}")


def _moved(line: PlanLine, change: Row) -> PlanLine:
    if change["directorate_code"] is None:
        raise MisfitError("directorate_code", "a Move names the receiver", "Fill it in")
    if change["amount_gbp"] != 0:
        what = f"{change['amount_gbp']} is not 0: a Move takes the line with its whole baseline"
        raise MisfitError("amount_gbp", what, "Write 0, or use Transfer to move a part")
    return replace(line, directorate_code=change["directorate_code"])


def _new_baseline(line: PlanLine, kind: str, amount: Decimal) -> Decimal:
    fits = {"Increase": amount > 0, "Reduce": amount < 0, "Transfer": amount != 0}
    if kind not in fits:
        *others, last = CHANGE_TYPES
        raise MisfitError("change_type", f"'{kind}' is no kind of change", f"Write {', '.join(others)} or {last}")
    if not fits[kind]:
        remedy = "Write what is added to the baseline, with a minus where it falls"
        raise MisfitError("amount_gbp", f"{amount} does not fit {kind}", remedy)
    if line.baseline_gbp + amount < 0:
        what = f"{amount} leaves a baseline below 0: it is {line.baseline_gbp} by then"
        raise MisfitError("amount_gbp", what, f"Take away {line.baseline_gbp} at most")
    return line.baseline_gbp + amount


def in_order_of_effect(changes: Sequence[Row]) -> list[Row]:
    """Return changes in the order they take effect: within a period New first, then by change_ref."""
    return sorted(
        changes,
        key=lambda row: (
            row["effective_year"],
            row["effective_period"],
            row["change_type"] != "New",
            row["change_ref"],
        ),
    )


def approved_line(row: Row) -> PlanLine:
    """Return the line that a row of approved_plan.csv registers."""
    return PlanLine(
        saving_ref=row["saving_ref"],
        plan_year=row["plan_year"],
        directorate_code=row["directorate_code"],
        is_cashable=row["is_cashable"],
        baseline_gbp=row["baseline_gbp"],
        original_baseline_gbp=row["baseline_gbp"],
    )


class Plan:
    """The plan at every period, made once from ``approved_plan.csv`` and ``plan_change.csv``.

    Attributes:
        misfits: Each change that cannot be made, and why; it is left out. A reference folder
            with one is refused (``folder_checks``).
    """

    def __init__(self, approved: Sequence[Row], changes: Sequence[Row]) -> None:
        self._states: dict[Line, list[PlanLine | None]] = {}
        self._since: dict[Line, list[Period]] = {}
        self._refs: dict[Period, frozenset[str]] = {}
        self.misfits: list[tuple[Row, MisfitError]] = []
        for row in approved:
            self._add(approved_line(row), BEFORE_EVERYTHING, row)
        for change in in_order_of_effect(changes):
            states = self._states.get((change["saving_ref"], change["plan_year"]), [])
            try:
                self._add(changed(states, change), (change["effective_year"], change["effective_period"]), change)
            except MisfitError as error:
                self.misfits.append((change, error))

    def _add(self, state: PlanLine | None, since: Period, row: Row) -> None:
        line = (row["saving_ref"], row["plan_year"])
        self._states.setdefault(line, []).append(state)
        self._since.setdefault(line, []).append(since)

    def line(self, saving_ref: str, plan_year: str, year: str, period: str) -> PlanLine | None:
        """Return the line as at a period; None if the plan does not have it then (R33)."""
        line = (saving_ref, plan_year)
        effective_by_then = bisect_right(self._since.get(line, []), (year, period))
        return self._states[line][effective_by_then - 1] if effective_by_then else None

    def lines(self, directorate_code: str, year: str, period: str) -> list[PlanLine]:
        """Return the lines that the plan gives a directorate at a period, by reference and plan year."""
        return [line for line in self.all_lines(year, period) if line.directorate_code == directorate_code]

    def all_lines(self, year: str, period: str) -> list[PlanLine]:
        """Return the lines that the plan has at a period, whoever has them, by reference and plan year."""
        standing = (self.line(*line, year, period) for line in sorted(self._states))
        return [line for line in standing if line is not None]

    def refs(self, year: str, period: str) -> frozenset[str]:
        """Return every reference that the plan has at a period, whoever has it."""
        if (year, period) not in self._refs:
            standing = frozenset(ref for ref, plan_year in self._states if self.line(ref, plan_year, year, period))
            self._refs[year, period] = standing
        return self._refs[year, period]
