"""What a template is pre-filled with: what the plan and earlier returns say, and nothing that a return has to say.

Here belongs which lines a directorate is given for a period and which of their cells are filled. Not
here: how the workbook looks (``writer``), which lines are open (``open_lines``), and what
is wrong with a return (``checks``).

Source: the return template ("pre-filled from the last period in force"); R24, R34, R42, R51, R52.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sources.contract.formulas import PROJECTED_LAST_PERIOD
from sources.contract.writer import planned_rows, write_template
from sources.home import Home
from sources.judging.case import NIL
from sources.judging.history import History, Line, Period, PreviousReturn, fitting_type, previous_period
from sources.judging.open_lines import belongs_elsewhere, open_lines, was_closed
from sources.lines.line_files import read_sheet
from sources.parsing.rows import ZERO
from sources.reference.reference import Reference
from sources.template.declaration import INVESTMENT, PIPELINE, PROJECTS, RISKS, SAVINGS, Sheet

Row = Mapping[str, Any]

# What a line is. Everything else a return says anew each period: amounts, status, RAG, explanations.
_DESCRIBES_A_LINE = (
    "saving_ref",
    "plan_year",
    "project_ref",
    "saving_title",
    "service",
    "benefit_type",
    "cashable",
    "recurrence",
    "start_date",
    "baseline_gbp",
    "replaces_ref",
    "fund_ref",
    "budget_code",
    "maturity",
)


class NotCollectedError(ValueError):
    """There is no return of that directorate, year and period; it says which there are."""


@dataclass(frozen=True)
class Prefill:
    """What the template of a directorate and period is filled with.

    Attributes:
        directorate_code: Whose return it will be.
        period: Year and period that it will report.
        reference: The plan and the lists in force.
        home: Holds the typed lines of earlier returns.
        history: What was accepted before.
    """

    directorate_code: str
    period: Period
    reference: Reference
    home: Home
    history: History
    _whole: dict[tuple[str, str], Sequence[Row]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def in_force(self) -> PreviousReturn | None:
        """The return in force for this very period, which the new one would replace."""
        return self.history.in_force(self.directorate_code, *self.period)

    @cached_property
    def before(self) -> PreviousReturn | None:
        """The previous period's return (R52), whose projected amounts stand beside the new ones."""
        return previous_period(self.history, self.directorate_code, self.period)

    @property
    def source(self) -> PreviousReturn | None:
        """The return that lines and projects are taken from; None before the first."""
        return self.in_force or self.before

    @cached_property
    def lines(self) -> Sequence[Row]:
        """The rows of the Savings sheet: those of the last return in its order, then what has come in."""
        own = [line for line in (self.source.lines if self.source else ()) if self._stays(line)]
        come_in = sorted(open_lines(self.directorate_code, self.period, self.reference, self.history).keys() - {*own})
        return [self._row(line) for line in (*own, *come_in)]

    @cached_property
    def projects(self) -> Sequence[Row]:
        """The projects of the last return, then those of lines that came from another directorate."""
        found = {row["project_ref"]: row for row in self._rows(self.source, PROJECTS)}
        for line in self.lines:
            if line.get("project_ref") and line["project_ref"] not in found:
                others = self._rows(self._last_to_report((line["saving_ref"], line["plan_year"])), PROJECTS)
                found.update({row["project_ref"]: row for row in others if row["project_ref"] == line["project_ref"]})
        return list(found.values())

    @cached_property
    def investment(self) -> Sequence[Row]:
        """The fund lines of the last return: its amounts are cumulative."""
        return self._rows(self.source, INVESTMENT)

    @property
    def risks(self) -> Sequence[Row]:
        """The risks of the last return to lines that are still there."""
        refs = {line["saving_ref"] for line in self.lines}
        return [row for row in self._rows(self.source, RISKS) if row["saving_ref"] in refs]

    @property
    def pipeline(self) -> Sequence[Row]:
        """The ideas of the last return."""
        return self._rows(self.source, PIPELINE)

    @property
    def return_fields(self) -> dict[str, Any]:
        """What kind of return it has to be (R42); Nil where there is no line to report (R43)."""
        kind = fitting_type(self.history, self.directorate_code, self.period) if self.lines else NIL
        return {"return_type": kind, "supersedes_version": self.in_force.version_no if self.in_force else None}

    @property
    def note(self) -> str:
        """Where all of it comes from, in a sentence."""
        plan = f"the plan in force for {self.period[1]} of {self.period[0]}"
        if self.source is None:
            return f"Pre-filled from {plan}; no earlier return is in force."
        year, period = self.source.period
        return f"Pre-filled from your return for {period} of {year} (version {self.source.version_no}) and {plan}."

    def write(self, file: Path) -> None:
        """Write the workbook; a file of that name is replaced.

        Raises:
            NotCollectedError: If there is no such return.
            OSError: If it cannot be written.
        """
        expect_collected(self.directorate_code, *self.period, self.reference)
        write_template(
            file,
            self.directorate_code,
            *self.period,
            self.reference,
            rows=self.lines,
            projects=self.projects,
            investment=self.investment,
            risks=self.risks,
            pipeline=self.pipeline,
            return_fields=self.return_fields,
            note=(self.note,),
        )

    def _stays(self, line: Line) -> bool:
        """Return whether a line of the last return belongs into this one."""
        if belongs_elsewhere(line, self.directorate_code, self.period, self.reference) or self._was_deleted(line):
            return False
        # What the version in force has beyond the open lines, its successor keeps.
        is_over = line[1] <= self.period[0] and was_closed(line, self.period[0], self.reference, self.history)
        return self.in_force is not None or not is_over

    def _was_deleted(self, line: Line) -> bool:
        """Return whether the plan had a line when it was last reported, and has it no more (R51)."""
        then = self.source.period if self.source else self.period
        return bool(
            self.reference.plan_in_force(*line, *then) and not self.reference.plan_in_force(*line, *self.period)
        )

    @cached_property
    def _planned(self) -> Mapping[Line, Row]:
        rows = planned_rows(self.reference, self.directorate_code, *self.period)
        return {(row["saving_ref"], row["plan_year"]): row for row in rows}

    def _row(self, line: Line) -> Row:
        """Return a line's cells: what it is, what the plan decides of it, and its last projection beside."""
        past = self._last_to_report(line)
        described = next(
            (row for row in self._rows(past, SAVINGS) if (row["saving_ref"], row["plan_year"]) == line), {}
        )
        row = {name: described.get(name) for name in _DESCRIBES_A_LINE}
        row |= {"deferred_gbp": ZERO, "undeliverable_gbp": ZERO, **self._planned.get(line, {})}
        if row["service"] not in self._services:
            row["service"] = None
        if row["fund_ref"] not in {fund["fund_ref"] for fund in self.investment}:
            row["fund_ref"] = None
        if self.before and line in self.before.lines:
            row[PROJECTED_LAST_PERIOD] = self.before.lines[line]["projected_gbp"]
        return row

    @cached_property
    def _services(self) -> Mapping[str, str]:
        calendar_row = self.reference.calendar(*self.period)
        return self.reference.services_of(self.directorate_code, calendar_row["as_at_date"]) if calendar_row else {}

    def _last_to_report(self, line: Line) -> PreviousReturn | None:
        """Return the last return that has a line: the directorate's own, else that of who had it before (R24)."""
        if self.source and line in self.source.lines:
            return self.source
        upto = (past for past in reversed(self.history.returns()) if past.period <= self.period)
        return next((past for past in upto if line in past.lines), None)

    def _rows(self, past: PreviousReturn | None, sheet: Sheet) -> Sequence[Row]:
        """Return the whole rows of a return's sheet, where the history keeps what the checks ask."""
        if past is None:
            return []
        key = (past.submission_id, sheet.name)
        if key not in self._whole:
            self._whole[key] = read_sheet(self.home, sheet, past.submission_id).to_pylist()
        return self._whole[key]


def expect_collected(directorate_code: str, year: str, period: str, reference: Reference) -> None:
    """Say which directorates, years and periods there are, unless these are some.

    Raises:
        NotCollectedError: If a directorate has no return for that year and period.
    """
    calendar = reference.tables["reporting_calendar"]
    _expect("year", year, dict.fromkeys(row["financial_year"] for row in calendar))
    _expect("period", period, [row["reporting_period"] for row in calendar if row["financial_year"] == year])
    (day,) = [
        row["as_at_date"] for row in calendar if (row["financial_year"], row["reporting_period"]) == (year, period)
    ]
    _expect("directorate", directorate_code, reference.directorates_on(day))


def _expect(what: str, given: str, choices: Iterable[str]) -> None:
    if given not in choices:
        raise NotCollectedError(f"There is no {what} '{given}'. Choose from {', '.join(choices)}.")
