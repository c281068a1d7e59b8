"""Which lines a directorate is given for a period, and what is in their cells.

Here belongs the Savings sheet of a pre-filled template. Not here: its other sheets (``prefill``),
which cells of a line go on into a new period (``carrying``), and which lines are open
(``judging.open_lines``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sources.contract.formulas import LAST_PERIOD
from sources.intake.carrying import as_entered, carried_line, is_still_deferred
from sources.intake.past_returns import PastReturns
from sources.judging.open_lines import belongs_elsewhere, open_lines, was_closed
from sources.judging.registration import Line
from sources.parsing.rows import ZERO
from sources.reference.plan import PlanLine
from sources.template.declaration import INVESTMENT, SAVINGS

Row = Mapping[str, Any]

# Of a line that nobody has reported yet, nothing else is known.
_NOTHING_YET = {"deferred_gbp": ZERO, "undeliverable_gbp": ZERO}


@dataclass(frozen=True)
class FilledLine:
    """A line of the Savings sheet as the template shows it.

    Attributes:
        cells: By template column, with last period's amounts.
        carried: The columns that say again what an earlier period said.
        deferrals: Its rows of the Deferrals sheet.
    """

    cells: Row
    carried: frozenset[str] = frozenset()
    deferrals: Sequence[Row] = ()


def filled_lines(past: PastReturns) -> list[FilledLine]:
    """Return the lines of the last return in its order, then what has come in."""
    own = [line for line in (past.source.lines if past.source else ()) if _stays(line, past)]
    come_in = open_lines(past.directorate_code, past.period, past.reference, past.history).keys() - {*own}
    return [_filled(line, past) for line in (*own, *sorted(come_in))]


def _stays(line: Line, past: PastReturns) -> bool:
    """Return whether a line of the last return belongs into this one."""
    if belongs_elsewhere(line, past.directorate_code, past.period, past.reference) or _was_deleted(line, past):
        return False
    # What the version in force has beyond the open lines, its successor keeps.
    is_over = line[1] <= past.period[0] and was_closed(line, past.period[0], past.reference, past.history)
    return past.in_force is not None or not is_over


def _was_deleted(line: Line, past: PastReturns) -> bool:
    """Return whether the plan had a line when it was last reported, and has it no more (R51)."""
    then = past.source.period if past.source else past.period
    plan = past.reference.plan_in_force
    return plan(*line, *then) is not None and plan(*line, *past.period) is None


def _filled(line: Line, past: PastReturns) -> FilledLine:
    planned = past.reference.plan_in_force(*line, *past.period)
    decided = _decided_by_the_plan(planned) if planned else {}
    last = past.before.lines.get(line, {}) if past.before else {}
    beside = {own: last.get(column) for own, column in LAST_PERIOD.items()}
    said_by = past.last_to_report(line)
    if said_by is None:
        return FilledLine(
            {**_empty(), **_NOTHING_YET, "saving_ref": line[0], "plan_year": line[1], **decided, **beside}
        )
    row, parts = past.line(said_by, line), past.parts(said_by, line)
    if said_by is past.in_force:
        return FilledLine({**as_entered(SAVINGS, row), **decided, **beside}, deferrals=parts)
    cells = {**_empty(), **_at_home(carried_line(row, parts, past.period[0]), past)}
    carried = {name for name, value in cells.items() if value is not None and name not in decided}
    is_deferred = is_still_deferred(row, parts, past.period[0])
    return FilledLine({**cells, **decided, **beside}, frozenset(carried), parts if is_deferred else ())


def _empty() -> dict[str, Any]:
    return dict.fromkeys(column.name for column in SAVINGS.columns)


def _decided_by_the_plan(line: PlanLine) -> dict[str, Any]:
    return {"cashable": "Cashable" if line.is_cashable else "Non-cashable", "baseline_gbp": line.baseline_gbp}


def _at_home(cells: dict[str, Any], past: PastReturns) -> dict[str, Any]:
    """Return a line's cells without the service and the fund of a directorate that had it before."""
    calendar_row = past.reference.calendar(*past.period)
    day = calendar_row["as_at_date"] if calendar_row else None
    services: Collection[str] = past.reference.services_of(past.directorate_code, day) if day else ()
    funds = {row["fund_ref"] for row in past.rows(past.source, INVESTMENT)}
    foreign = {"service": services, "fund_ref": funds}
    return {name: None if name in foreign and value not in foreign[name] else value for name, value in cells.items()}
