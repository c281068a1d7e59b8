"""Judging one return: what it is, whether it can be read, and every finding on it at once.

Here belongs the order of a judgement. Not here: the checks, each in the sibling named for its
subject, how findings are worded (``findings.words``) and what they add up to (``settle``).

Pure: a judgement depends on cells, folder, file name, time of receipt, reference data and history,
and on nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sources.findings.fault import Fault
from sources.findings.findings import Finding, Judgement, Verdict
from sources.findings.place import Place
from sources.findings.shown import escaped
from sources.findings.unread_files import not_read, noted
from sources.findings.words import form as words
from sources.grammar.choices import Choices
from sources.judging import (
    checks_amounts,
    checks_dates,
    checks_history,
    checks_lines,
    checks_plan,
    checks_projects,
    checks_return,
    checks_sheet,
    checks_texts,
    checks_totals,
    checks_years,
    row_refs,
)
from sources.judging.case import NIL, Case
from sources.judging.history import History
from sources.judging.settle import certification_of, settled, verdict_on
from sources.lines.typed_lines import typed_lines
from sources.parsing.readings import empty_table, read_form, read_table
from sources.parsing.return_form import RawForm, find_form
from sources.parsing.rows import Row, Table
from sources.parsing.sheets import RawTables, read_tables
from sources.reader.cells import Refusal, Workbook
from sources.reference.reference import Reference
from sources.reference.whose import COUNCIL_CODE
from sources.template.declaration import CONTROL_TOTALS, PREVIOUS_TEMPLATE_VERSION, SAVINGS, SHEETS, TEMPLATE_VERSION

Check = Callable[[Case], Iterable[Fault]]

# In this order, since nothing more follows from a cell that blocks the file: first what a cell has
# to be whatever stands beside it, then what the plan says of it, then everything else.
_PHASES: tuple[tuple[Check, ...], ...] = (
    (*checks_amounts.CHECKS, *checks_dates.CHECKS),
    checks_plan.CHECKS,
    (
        *checks_return.CHECKS,
        *checks_totals.CHECKS,
        *checks_sheet.CHECKS,
        *checks_lines.CHECKS,
        *checks_texts.CHECKS,
        *checks_projects.CHECKS,
        *checks_history.CHECKS,
        *checks_years.CHECKS,
    ),
)
# These look up the plan or earlier returns by the period, so it has to be one that is collected.
_ONLY_WHEN_DATED = frozenset({*checks_plan.CHECKS, *checks_history.CHECKS, *checks_years.CHECKS})


@dataclass(frozen=True)
class ReturnRead:
    """A file read as a return, whatever the checks say of it.

    Attributes:
        form: The Return sheet.
        raw: The cells of its table sheets, and what refuses them.
        tables: By table name every sheet of the template; one that is not there has no rows.
        findings: What is to be said of the reading alone.
    """

    form: Row
    raw: RawTables
    tables: Mapping[str, Table]
    findings: Sequence[Fault | Finding]

    @property
    def lines(self) -> dict[str, list[dict[str, Any]]]:
        """The typed rows by table name, ready for ``lines.write_lines``."""
        return {name: typed_lines(table) for name, table in self.tables.items()}

    @property
    def headers(self) -> dict[str, dict[str, str]]:
        """By table name, template column to the header found, for ``lines.write_lines``."""
        return {name: dict(table.headers) for name, table in self.raw.tables.items()}


def judge(
    book: Workbook | Refusal,
    folder: str,
    file_name: str,
    received_at: datetime,
    reference: Reference,
    history: History,
) -> Judgement:
    """Judge one received file.

    Args:
        book: Its cells, or why they could not be read.
        folder: The landing folder: who sends.
        file_name: As it landed; a hint only.
        received_at: UTC.
        reference: The reference data in force.
        history: What was accepted before.

    Returns:
        The verdict with every finding; typed rows unless it is refused or blocked.
    """
    read = read_return(book, folder, reference)
    if not isinstance(read, ReturnRead):
        return _refused([read])
    form = read.form
    case = Case(form["directorate_code"] or folder, file_name, received_at, form, read.tables, reference, history)
    refusals = [*_wrong_version(form), *_wrong_folder(case, folder)] or read.raw.refusals
    if refusals:
        return _refused(refusals)
    findings = [*_older_version(form), *read.findings]
    return _judgement(case, [*findings, *_checked(case, findings)], read)


def read_return(book: Workbook | Refusal, folder: str, reference: Reference) -> ReturnRead | Fault | Finding:
    """Read one file as a return, judging nothing; what is replayed is read by the same way (R53).

    Args:
        book: Its cells, or why they could not be read.
        folder: The landing folder: who sends.
        reference: Has the lists that its words are looked up in.

    Returns:
        What it holds, or the finding that refuses a file which is no return at all.
    """
    if isinstance(book, Refusal):
        return not_read(book)
    theirs, ours = book.properties.get(COUNCIL_CODE, ""), reference.setting(COUNCIL_CODE)
    if theirs and ours and theirs != ours:
        return words.OtherCouncil(Place(), escaped(theirs), ours)
    raw_form = find_form(book)
    if not isinstance(raw_form, RawForm):
        return raw_form
    form, said = read_form(raw_form, Choices(reference))
    raw = read_tables(book, is_nil=form["return_type"] == NIL)
    period = reference.calendar(form["reporting_year"], form["reporting_period"])
    choices = Choices(reference, form["directorate_code"] or folder, period["as_at_date"] if period else None)
    read = {name: read_table(table, choices) for name, table in raw.tables.items()}
    tables = {sheet.table: empty_table(sheet) for sheet in SHEETS} | {name: table for name, (table, _) in read.items()}
    of_rows = [finding for _, found in read.values() for finding in found]
    said = [finding for finding in said if not _follows_from_a_line(finding, form, tables[SAVINGS.table])]
    return ReturnRead(form, raw, tables, [*map(noted, book.notes), *said, *raw.findings, *of_rows])


def _follows_from_a_line(finding: Fault | Finding, form: Row, savings: Table) -> bool:
    """Return whether a control total has no value only because its formula adds up a cell that cannot be read."""
    adds_up = CONTROL_TOTALS.get(finding.column)
    return adds_up is not None and form.entries[finding.column].has_formula and not savings.is_read(adds_up)


def _refused(faults: Sequence[Fault | Finding]) -> Judgement:
    """Return the judgement on a file that is not read as a return: one code, the first."""
    findings = tuple(each.in_words() if isinstance(each, Fault) else each for each in faults)
    return Judgement(Verdict.REFUSED, findings, refusal_code=findings[0].code)


def _version(row: Row) -> str | None:
    """Return the template's version; 1.0 that was typed again as a number is 1 to Excel."""
    version: str | None = row["template_version"]
    return f"{version}.0" if version is not None and version.isdecimal() else version


def _wrong_version(row: Row) -> list[Fault]:
    """D02: a template that is neither the current one nor the one before."""
    version = _version(row)
    if version is None or version in (TEMPLATE_VERSION, PREVIOUS_TEMPLATE_VERSION):
        return []
    return [words.UnknownTemplate(row.place("template_version"), escaped(version), TEMPLATE_VERSION)]


def _older_version(row: Row) -> list[Fault]:
    """D02: the template before the current one."""
    version = _version(row)
    if version is None or version != PREVIOUS_TEMPLATE_VERSION:
        return []
    return [words.OlderTemplate(row.place("template_version"), version, TEMPLATE_VERSION)]


def _wrong_folder(case: Case, folder: str) -> list[Fault]:
    """The folder says who sends; a sheet that names another directorate is refused (F-B06, F-B07)."""
    entry = case.form.entries["directorate_code"]
    if folder not in {known["directorate_code"] for known in case.reference.tables["directorate"]}:
        return [words.UnknownFolder(Place(), escaped(folder))]
    if not entry.is_read and entry.place.shown:
        return [words.UnknownDirectorate(entry.place)]
    if entry.value is None or case.reference.may_send(folder, entry.value, case.received_on):
        return []
    return [words.OtherDirectoratesFolder(entry.place, entry.value, folder)]


def _checked(case: Case, found: Sequence[Fault | Finding]) -> list[Fault]:
    """Return what the checks find on a case that was read, one mistake once."""
    findings: list[Fault] = []
    for phase in _PHASES:
        said = _run(phase, case)
        findings += said
        case = case.spoilt_by(said)
    findings += checks_texts.missing_explanations(case, [*found, *findings])
    # What the return is accepted as hangs on all of these, and the RAG of a line on that.
    certification = certification_of(case.form["status"], [*found, *findings])
    return [*findings, *checks_lines.rag_agrees(case, certification)]


def _run(checks: Sequence[Check], case: Case) -> list[Fault]:
    runnable = [check for check in checks if case.calendar or check not in _ONLY_WHEN_DATED]
    return [finding for check in runnable for finding in check(case)]


def _judgement(case: Case, faults: Sequence[Fault | Finding], read: ReturnRead) -> Judgement:
    findings = tuple(row_refs.with_refs(settled(faults), case.tables.values()))
    verdict = verdict_on(findings)
    has_lines = verdict in (Verdict.ACCEPTED, Verdict.HELD)
    return Judgement(
        verdict=verdict,
        findings=findings,
        fields={label: entry.value for label, entry in case.form.entries.items() if entry.value is not None},
        tables=read.lines if has_lines else {},
        headers=read.headers if has_lines else {},
        certification=certification_of(case.form["status"], findings),
        rows_read=len(case.savings.rows),
        rows_quarantined=checks_plan.quarantined(case) if case.calendar else 0,
    )
