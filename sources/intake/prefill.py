"""What a template is pre-filled with: a sent return as it is, for correcting; what stays as it is, for a new period.

Here belong the sheets of a template and the words about where they come from. Not here: its lines
(``filled_lines``), how the workbook looks (``contract.writer``), and what is wrong with a return
(``judging.checks``).

Source: ruling A5; R24, R34, R42, R43, R51, R52.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from sources.contract.table_pages import CarriedCell
from sources.contract.writer import write_template
from sources.home import Home
from sources.intake.carrying import of_year, open_proposals
from sources.intake.filled_lines import FilledLine, filled_lines
from sources.intake.past_returns import PastReturns
from sources.judging.case import NIL
from sources.judging.history import History, PreviousReturn, fitting_type
from sources.judging.registration import Period
from sources.reference.reference import Reference
from sources.template.declaration import DEFERRALS, INVESTMENT, PIPELINE, PLAN_CHANGES, PROJECTS, RISKS, SAVINGS, SHEETS

Row = Mapping[str, Any]


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

    @cached_property
    def _past(self) -> PastReturns:
        return PastReturns(self.directorate_code, self.period, self.reference, self.home, self.history)

    @property
    def corrects(self) -> PreviousReturn | None:
        """The return in force for this very period; None for a new period."""
        return self._past.in_force

    @cached_property
    def filled(self) -> Sequence[FilledLine]:
        """The lines of the Savings sheet."""
        return filled_lines(self._past)

    @cached_property
    def tables(self) -> Mapping[str, Sequence[Row]]:
        """The rows of every sheet by its name."""
        return {
            SAVINGS.name: [line.cells for line in self.filled],
            DEFERRALS.name: [row for line in self.filled for row in line.deferrals],
            PROJECTS.name: self._projects(),
            INVESTMENT.name: self._investment(),
            RISKS.name: self._risks(),
            PLAN_CHANGES.name: self._plan_changes(),
            # An idea is in the pipeline until somebody takes it out.
            PIPELINE.name: self._past.rows(self._past.source, PIPELINE),
        }

    @property
    def carried(self) -> frozenset[CarriedCell]:
        """The cells that say again what an earlier period said, and have to be looked at."""
        cells = {(SAVINGS.name, at, name) for at, line in enumerate(self.filled) for name in line.carried}
        for sheet in () if self.corrects else SHEETS:
            if sheet is not SAVINGS:
                rows, names = self.tables[sheet.name], [column.name for column in sheet.columns]
                cells |= {(sheet.name, at, name) for at, row in enumerate(rows) for name in names if name in row}
        return frozenset(cells)

    @property
    def return_fields(self) -> dict[str, Any]:
        """What kind of return it has to be (R42); Nil where there is no line to report (R43)."""
        kind = fitting_type(self.history, self.directorate_code, self.period) if self.filled else NIL
        return {"return_type": kind, "supersedes_version": self.corrects.version_no if self.corrects else None}

    @property
    def notes(self) -> tuple[str, ...]:
        """Where all of it comes from, and what there is to do with it, in sentences."""
        source = self._past.source
        if source is None:
            year, period = self.period
            return (f"Filled in from the approved plan for {period} of {year}. You have sent no return before.",)
        year, period = source.period
        came_from = f"Filled in from your return for {period} of {year} (version {source.version_no})"
        if self.corrects:
            return (
                f"{came_from}: every figure is as you sent it.",
                "Change what is wrong. Then enter who prepared this version and when.",
            )
        return (
            f"{came_from} and the approved plan.",
            f"Cells in grey italics are carried from {period}. Check them, and type over what has changed.",
        )

    @property
    def digest(self) -> str:
        """The digest of all that the workbook says: the same filling makes the same workbook."""
        says = (self.reference.sha256, self.directorate_code, self.period, self.return_fields, self.notes)
        return sha256(repr((*says, self.tables, sorted(self.carried))).encode()).hexdigest()

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
            rows=self.tables[SAVINGS.name],
            projects=self.tables[PROJECTS.name],
            investment=self.tables[INVESTMENT.name],
            risks=self.tables[RISKS.name],
            pipeline=self.tables[PIPELINE.name],
            deferrals=self.tables[DEFERRALS.name],
            plan_changes=self.tables[PLAN_CHANGES.name],
            return_fields=self.return_fields,
            note=self.notes,
            carried=self.carried,
        )

    def _projects(self) -> Sequence[Row]:
        """Return the projects of the last return, then those of lines that came from another directorate."""
        found = {row["project_ref"]: row for row in self._past.rows(self._past.source, PROJECTS)}
        for line in self.filled:
            ref = line.cells["project_ref"]
            if ref and ref not in found:
                others = self._past.last_to_report((line.cells["saving_ref"], line.cells["plan_year"]))
                rows = self._past.rows(others, PROJECTS)
                found.update({row["project_ref"]: row for row in rows if row["project_ref"] == ref})
        return list(found.values())

    def _investment(self) -> Sequence[Row]:
        """Return the fund lines of the last return: its amounts are cumulative."""
        rows = self._past.rows(self._past.source, INVESTMENT)
        return rows if self.corrects else [of_year(row, self.period[0]) for row in rows]

    def _risks(self) -> Sequence[Row]:
        """Return the risks of the last return to lines that are still there."""
        refs = {line.cells["saving_ref"] for line in self.filled}
        return [row for row in self._past.rows(self._past.source, RISKS) if row["saving_ref"] in refs]

    def _plan_changes(self) -> Sequence[Row]:
        """Return the plan changes that the last return proposed; in a new period those still to be decided."""
        rows = self._past.rows(self._past.source, PLAN_CHANGES)
        decided = (row["change_ref"] for row in self.reference.tables["plan_change"])
        return rows if self.corrects else open_proposals(rows, decided)


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
