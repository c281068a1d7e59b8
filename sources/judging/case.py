"""The case: one return as read, with what it is judged by.

Here belongs what several checks ask of a return, so that each asks it once and alike. Not here: the
checks (``checks`` and its siblings) and reading (``parsing.sheets``, ``parsing.readings``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sources.clock import LONDON
from sources.findings.fault import Fault
from sources.findings.findings import CERTIFIED, Severity
from sources.judging.history import History, PreviousReturn, previous_period, replaced_before
from sources.judging.registration import Line, Period, Replacements, is_registered, replaced_by, replacements
from sources.parsing.rows import Row, Table
from sources.reference.reference import PlanLine, Reference
from sources.template.declaration import DEFERRALS, INVESTMENT, MULTIPLE_YEARS, PROJECTS, SAVINGS

NIL = "Nil"


@dataclass(frozen=True)
class Case:
    """One return and what it is judged by.

    Attributes:
        directorate: Whose figures they are: the one that the sheet names, which is the folder's
            or one that the folder's directorate succeeded (R23).
        file_name: As it landed.
        received_at: UTC.
        form: The Return sheet.
        tables: By table name every sheet of the template; one that is not there has no rows.
        reference: The reference data in force.
        history: What was accepted before.
    """

    directorate: str
    file_name: str
    received_at: datetime
    form: Row
    tables: Mapping[str, Table]
    reference: Reference
    history: History

    def spoilt_by(self, findings: Iterable[Fault]) -> Case:
        """Return the case in which nothing follows any more from a cell that blocks the file."""
        cells: dict[str, set[str]] = {}
        for finding in findings:
            if finding.severity is Severity.BLOCK and finding.cell:
                cells.setdefault(finding.sheet, set()).add(finding.cell)
        tables = {name: table.spoilt(cells.get(table.raw.name, ())) for name, table in self.tables.items()}
        sheet = self.form.place("return_type").sheet
        return replace(self, form=self.form.spoilt(cells.get(sheet, ())), tables=tables)

    @property
    def received_on(self) -> date:
        """The day of receipt in London."""
        return self.received_at.astimezone(LONDON).date()

    @property
    def is_nil(self) -> bool:
        """Whether it says that there are no lines."""
        return bool(self.form["return_type"] == NIL)

    @property
    def says_certified(self) -> bool:
        """Whether it claims to be certified (R02)."""
        return bool(self.form["status"] == CERTIFIED)

    @cached_property
    def calendar(self) -> Mapping[str, Any] | None:
        """The calendar's row of the period; None where it is not known or not collected."""
        if not self.form.has("reporting_year", "reporting_period"):
            return None
        return self.reference.calendar(self.form["reporting_year"], self.form["reporting_period"])

    @property
    def period(self) -> Period:
        """Year and period; only where ``calendar`` has it."""
        return self.form["reporting_year"], self.form["reporting_period"]

    @property
    def year(self) -> str:
        """The reporting year; only where ``calendar`` has it."""
        return self.period[0]

    @property
    def as_at(self) -> date:
        """The last day of the period; only where ``calendar`` has it."""
        day: date = (self.calendar or {})["as_at_date"]
        return day

    @property
    def savings(self) -> Table:
        """The Savings sheet."""
        return self.tables[SAVINGS.table]

    @property
    def investment(self) -> Table:
        """The Investment sheet."""
        return self.tables[INVESTMENT.table]

    @property
    def projects(self) -> Table:
        """The Projects sheet."""
        return self.tables[PROJECTS.table]

    @cached_property
    def project_by_ref(self) -> Mapping[str, Row]:
        """The Projects sheet's rows by reference, the first of each."""
        found: dict[str, Row] = {}
        for row in self.projects:
            if row.has("project_ref"):
                found.setdefault(row["project_ref"], row)
        return found

    @cached_property
    def deferral_rows(self) -> Mapping[Line, list[Row]]:
        """The Deferrals sheet's rows by line."""
        found: dict[Line, list[Row]] = {}
        for row in self.tables[DEFERRALS.table]:
            if row.key is not None:
                found.setdefault(row.key, []).append(row)
        return found

    @cached_property
    def plan(self) -> Mapping[Line, PlanLine]:
        """The lines that the plan in force gives to this directorate for this period."""
        lines = self.reference.plan_lines(self.directorate, *self.period)
        return {(line.saving_ref, line.plan_year): line for line in lines}

    def plan_line(self, row: Row) -> PlanLine | None:
        """Return a row's line of the plan in force, whoever has it; None where it has none."""
        return self.reference.plan_in_force(*row.key, *self.period) if row.key else None

    @property
    def planned_refs(self) -> frozenset[str]:
        """Every reference that the plan in force lists for this period, of any directorate."""
        return self.reference.plan.refs(*self.period)

    @cached_property
    def _replaces(self) -> Replacements:
        """By reference what it replaces, within this file."""
        named = [row for row in self.savings if row.has("saving_ref", "replaces_ref")]
        return replacements((row["saving_ref"], row["replaces_ref"]) for row in named)

    def replaced_over_time(self, row: Row) -> list[str]:
        """Return what a row replaces and so on; what is not in this file as the latest earlier return has it."""
        refs = {each["saving_ref"] for each in self.savings if each.has("saving_ref")}

        def replaces(ref: str) -> Collection[str]:
            if ref in refs or ref in self.planned_refs:
                return self._replaces.get(ref, ())
            before = replaced_before(self.history, self.directorate, self.period, ref)
            return () if before is None else (before,)

        return replaced_by(_replaced(row), replaces)

    def is_registered(self, row: Row) -> bool:
        """Return whether a row counts, as the plan is now (R33)."""
        line = (row["saving_ref"], row["plan_year"])
        return is_registered(line, _replaced(row), self._replaces, self.reference, self.period)

    @cached_property
    def previous(self) -> PreviousReturn | None:
        """The directorate's latest earlier period in force (R52)."""
        return previous_period(self.history, self.directorate, self.period)

    @cached_property
    def replaced(self) -> PreviousReturn | None:
        """What is in force for this very period, which this return would replace."""
        return self.history.in_force(self.directorate, *self.period)

    def deferred_until(self, row: Row) -> str | None:
        """Return the latest year that a row defers to, those of the Deferrals sheet included."""
        if not row.has("deferred_to_year"):
            return None
        if row["deferred_to_year"] != MULTIPLE_YEARS:
            return str(row["deferred_to_year"])
        split = self.deferral_rows.get(row.key, []) if row.key else []
        return max((part["deferred_to_year"] for part in split if part.has("deferred_to_year")), default=None)


def _replaced(row: Row) -> str | None:
    """Return the reference that a row says it replaces."""
    return row["replaces_ref"] if row.has("replaces_ref") else None
