"""Which lines are open for a return: those that it has to contain (R51).

Here belongs that rule alone, for the check that asks it of a return (``checks_plan``) and for the
template that is written with these lines (``prefill``). Not here: what the warehouse does with a
line that is closed (dbt).
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.findings.words.plan import IN_THE_PLAN, IN_YOUR_LAST_RETURN
from sources.judging.history import History, previous_period
from sources.judging.line_history import close_before, is_closed
from sources.judging.registration import Line, Period
from sources.reference.reference import Reference


def open_lines(directorate_code: str, period: Period, reference: Reference, history: History) -> Mapping[Line, str]:
    """Return the lines that have to be in a directorate's return for a period (R51), each with why."""
    planned = reference.plan_lines(directorate_code, *period)
    found = {(line.saving_ref, line.plan_year): IN_THE_PLAN for line in planned}
    previous = previous_period(history, directorate_code, period)
    if previous is not None:
        for line, row in previous.lines.items():
            if row["replaces_ref"] and not belongs_elsewhere(line, directorate_code, period, reference):
                found.setdefault(line, IN_YOUR_LAST_RETURN.format(period=previous.reporting_period))
    year, _ = period
    return {
        line: why for line, why in found.items() if line[1] <= year and not was_closed(line, year, reference, history)
    }


def was_closed(line: Line, year: str, reference: Reference, history: History) -> bool:
    """Return whether nothing of a line was left at the last close before a reporting year."""
    close = close_before(history, line, reference, year)
    return close is not None and is_closed(close, reference)


def belongs_elsewhere(line: Line, directorate_code: str, period: Period, reference: Reference) -> bool:
    """Return whether the plan in force gives a line to another directorate (R24)."""
    planned = reference.plan_in_force(*line, *period)
    return planned is not None and planned.directorate_code != directorate_code
