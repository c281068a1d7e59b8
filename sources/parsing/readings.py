"""From cells to typed rows: each value read by its grammar, then held against the strict model.

Here belongs what a reading is worth saying: which check a failure or a note falls under. Not here:
the grammars (``grammar.values``), the lists (``grammar.choices``), the models
(``contract.row_models``), and everything that needs a second value (``judging.checks`` and its
siblings).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sources.contract.guidance import guidance_on
from sources.contract.row_models import ValueProblem, pattern_of, value_problems
from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.shown import shown_back
from sources.findings.wording import heading_of
from sources.findings.words import amounts, cells, layout
from sources.findings.words.form import LabelTwice
from sources.grammar import values
from sources.grammar.choices import Choices
from sources.grammar.values import NoteKind, NotParsed, Parsed, ParsedMoney, Problem
from sources.parsing.return_form import CONTROL_FIELDS, RETURN_FORM, RawForm
from sources.parsing.rows import ZERO, Entry, RawRow, RawTable, Row, Table
from sources.parsing.stray_rows import is_stray, stray_row
from sources.reader.cells import Cell
from sources.template.declaration import NOT_YET_QUANTIFIED, SAVINGS, Column, Kind, Sheet

_PROJECTED = SAVINGS.column("projected_gbp")
# What more than a pound of rounding in a column is worth: a warning.
_ROUNDING_WORTH_SAYING = 1
_BLANKS_OF_A_ROW_BEGUN = 3

_RULE_OF_KIND = {
    Kind.REF: "D14",
    Kind.REF_LIST: "D64",
    Kind.YEAR: "D17",
    Kind.YEAR_OR_MULTIPLE: "D17",
    Kind.DATE: "D48",
}
# On the Return sheet what is no amount and no date belongs to the sheet's completeness.
_RULE_OF_FORM_KIND = {Kind.MONEY: "D09", Kind.INTEGER: "D09", Kind.DATE: "D48"}
_RULE_OF_PROBLEM = {
    Problem.CELL_ERROR: "D07",
    Problem.NOT_CALCULATED: "D08",
    Problem.LINKED: "D08",
    Problem.STRUCK: "D73",
    Problem.RAISED: "D73",
    Problem.UNIT_IN_FORMAT: "D74",
}
_RULE_OF_NOTE = {NoteKind.TEXT_NOISE: "D46", NoteKind.STRUCK: "D73", NoteKind.LATE: "D75"}
_BETWEEN_REFERENCES = re.compile(r"[\s,;/&+]+|\bAND\b")


@dataclass(frozen=True)
class Reader:
    """Reads the cells of one sheet.

    Attributes:
        sheet: Which.
        choices: The lists in force for this return.
    """

    sheet: Sheet
    choices: Choices

    def entry(self, column: Column, cell: Cell | None, place: Place) -> tuple[Entry, list[Fault]]:
        """Return a cell's value and what is to be said of its reading.

        Args:
            column: Its column, or its label on the Return sheet.
            cell: The cell; None where the sheet has none.
            place: Where it is.
        """
        place = replace(place, shown=shown_back(cell, column))
        if column.kind is Kind.LIST and not self.choices.can_match(column):
            return Entry(column, place, is_read=False, is_sound=False), []
        parsed = self._parse(column, cell)
        has_formula = cell is not None and cell.has_formula
        if isinstance(parsed, NotParsed):
            entry = Entry(column, place, is_read=False, is_sound=False, has_formula=has_formula)
            rule = self._rule_of(parsed, column)
            return entry, [parsed.says(place, rule)]
        exact = parsed.exact if isinstance(parsed, ParsedMoney) else None
        notes = [
            note.says(place, _RULE_OF_NOTE.get(note.kind, "D09")) for note in parsed.notes if note.says is not None
        ]
        entry = Entry(column, place, parsed.value, exact=exact, has_formula=has_formula)
        return entry, [*notes, *_formula(entry)]

    def problems(self, entries: dict[str, Entry]) -> Iterator[Fault]:
        """Yield what the strict model finds wrong with the values that were read, and mark them."""
        typed = {name: entry.value for name, entry in entries.items() if entry.is_read}
        for problem in value_problems(self.sheet, typed, self.choices.reference):
            entry = entries[problem.column]
            entries[problem.column] = entry.spoilt()
            yield self._misfit(entry, problem)

    def rule(self, column: Column) -> str:
        """Return the check that a misread cell of this column falls under."""
        if self.sheet is RETURN_FORM:
            return _RULE_OF_FORM_KIND.get(column.kind, "D03")
        return _RULE_OF_KIND.get(column.kind, "D09")

    def _parse(self, column: Column, cell: Cell | None) -> Parsed[object] | NotParsed:
        parsed = values.parse(cell, column, self.choices.programme_years)
        if isinstance(parsed, NotParsed) or not isinstance(parsed.value, str):
            return parsed
        if column.kind is Kind.LIST:
            return self.choices.match(column, parsed.value)
        if column.kind is Kind.REF_LIST:
            return self.choices.weights(column, parsed.value)
        return parsed

    def _rule_of(self, failed: NotParsed, column: Column) -> str:
        if failed.problem is Problem.IS_A_DATE and not column.is_money:
            return "D17"
        return _RULE_OF_PROBLEM.get(failed.problem, self.rule(column))

    def _misfit(self, entry: Entry, problem: ValueProblem) -> Fault:
        column, place = entry.column, entry.place
        if problem.error == "missing":
            rule = "D03" if self.sheet is RETURN_FORM else "D10"
            return cells.Blank(place, rule, self.choices.domain_of(column))
        if problem.error == "greater_than_equal":
            return amounts.Negative(place)
        if self._is_several(entry):
            return cells.SeveralReferences(place, self.rule(column))
        return cells.WrongForm(place, self.rule(column), self._nearest(entry), self._guidance(column))

    def _guidance(self, column: Column) -> str:
        return guidance_on(column, self.choices.reference, self.choices.directorate)

    def _is_several(self, entry: Entry) -> bool:
        pattern = pattern_of(entry.column, self.choices.reference)
        parts = [part for part in _BETWEEN_REFERENCES.split(str(entry.value)) if part]
        return len(parts) > 1 and pattern is not None and all(re.fullmatch(pattern, part) for part in parts)

    def _nearest(self, entry: Entry) -> str | None:
        """Return the nearest reference of the plan, where the column has them."""
        if entry.column.pattern != "saving_ref_pattern":
            return None
        return self.choices.planned_refs.nearest(str(entry.value))


def read_form(raw: RawForm, choices: Choices) -> tuple[Row, list[Fault]]:
    """Return the Return sheet's typed values as one row, with what is to be said of their reading."""
    reader = Reader(RETURN_FORM, choices)
    entries: dict[str, Entry] = {}
    findings: list[Fault] = []
    for column in RETURN_FORM.columns:
        place = raw.place(column.name)
        entries[column.name], said = reader.entry(column, raw.cells.get(column.name), place)
        findings += said
    findings += reader.problems(entries)
    for label, second in raw.repeated.items():
        place = replace(raw.place(label), cell=second)
        findings.append(LabelTwice(place, raw.addresses[label]))
        entries[label] = entries[label].spoilt()
    return Row(0, entries), findings


def read_table(raw: RawTable, choices: Choices) -> tuple[Table, list[Fault]]:
    """Return a sheet's typed rows, with what is to be said of their reading."""
    reader = Reader(raw.sheet, choices)
    rows: list[Row] = []
    findings: list[Fault] = []
    for raw_row in raw.rows:
        row, said = _read_row(reader, raw, raw_row)
        rows.append(row)
        findings += said
    table = Table(raw, tuple(rows))
    return table, [*findings, *_rounding(table)]


def empty_table(sheet: Sheet) -> Table:
    """Return the table of a sheet that the file does not have."""
    return Table(RawTable(sheet, sheet.name, 0, {}, {}, (), ()))


def _read_row(reader: Reader, raw: RawTable, raw_row: RawRow) -> tuple[Row, list[Fault]]:
    if is_stray(raw.sheet, raw_row):
        row, fault = stray_row(raw, raw_row)
        return row, [fault]
    entries: dict[str, Entry] = {}
    findings: list[Fault] = []
    for column in raw.sheet.columns:
        place = Place(raw.name, raw.address(column.name, raw_row.number), column.name)
        if place.cell in raw.merged_amounts:
            entries[column.name] = Entry(column, place, is_read=False, is_sound=False)
            continue
        entries[column.name], said = reader.entry(column, raw_row.cells.get(column.name), place)
        findings += said
    findings = _struck_once(findings, is_line=raw.sheet is SAVINGS)
    if raw.sheet is SAVINGS:
        findings += _blanks_that_mean_zero(entries)
        status_cell = raw.address("status", raw_row.number)
        findings = [_or_not_yet_quantified(finding, status_cell) for finding in findings]
        findings += _blank_projected(entries, status_cell)
    findings = _without_noise_of_unsound(findings, reader.problems(entries))
    findings = _blanks_once(findings, raw_row.number)
    not_applicable = raw.sheet is SAVINGS and _says_not_applicable(raw_row.cells.get("deferred_gbp"))
    return Row(raw_row.number, entries, is_deferred_not_applicable=not_applicable), findings


def _blanks_once(findings: list[Fault], row: int) -> list[Fault]:
    """Return the blank cells of a row that is only begun as one fault, of the first."""
    blanks = [finding for finding in findings if isinstance(finding, cells.Blank | amounts.BlankProjected)]
    if len(blanks) < _BLANKS_OF_A_ROW_BEGUN:
        return findings
    blanks.sort(key=lambda blank: (len(blank.cell), blank.cell))
    headings = tuple(f"'{heading_of(blank.column, blank.sheet)}' ({blank.cell})" for blank in blanks)
    once = cells.RowHalfFilled(replace(blanks[0].place, column=""), row, headings)
    return [*(finding for finding in findings if finding not in blanks), once]


def _struck_once(findings: Sequence[Fault], *, is_line: bool) -> list[Fault]:
    """Return a row's cells with a line through them as one fault, of the first."""
    struck = [finding for finding in findings if isinstance(finding, cells.Struck)]
    if not struck:
        return list(findings)
    others = tuple(finding.cell for finding in struck[1:]) or None
    says = cells.StruckLine if is_line else cells.StruckRow
    once = says(struck[0].place, struck[0].checked_by, others)
    return [once if finding is struck[0] else finding for finding in findings if finding not in struck[1:]]


def _without_noise_of_unsound(notes: list[Fault], problems: Iterable[Fault]) -> list[Fault]:
    """Return both, without what was mended of a reference that is none even so (D46)."""
    problems = list(problems)
    unsound = {problem.cell for problem in problems}
    return [note for note in notes if note.rule != "D46" or note.cell not in unsound] + problems


def _blanks_that_mean_zero(entries: dict[str, Entry]) -> Iterator[Fault]:
    """Read a blank deferred or undeliverable amount as 0 where projected leaves nothing to place."""
    baseline, projected = entries["baseline_gbp"].value, entries["projected_gbp"].value
    if baseline is None or projected is None or projected < baseline:
        return
    for name in ("deferred_gbp", "undeliverable_gbp"):
        entry = entries[name]
        if entry.is_read and entry.value is None:
            entries[name] = replace(entry, value=ZERO, exact=ZERO)
            yield amounts.BlankReadAsZero(entry.place)


def _or_not_yet_quantified(finding: Fault, status_cell: str) -> Fault:
    """Return what is said of TBC in projected with the cell that may say so instead."""
    if finding.column == _PROJECTED.name and isinstance(finding, amounts.Placeholder):
        return amounts.PlaceholderProjected(finding.place, finding.rule, status_cell)
    return finding


def _blank_projected(entries: dict[str, Entry], status_cell: str) -> Iterator[Fault]:
    projected, status = entries["projected_gbp"], entries["status"]
    if not projected.is_read or projected.value is not None or not status.is_read:
        return
    if status.value == NOT_YET_QUANTIFIED:
        yield amounts.NotYetProjected(projected.place)
        return
    entries["projected_gbp"] = projected.spoilt()
    yield amounts.BlankProjected(projected.place, status_cell)


def _says_not_applicable(cell: Cell | None) -> bool:
    parsed = values.parse(cell, SAVINGS.column("deferred_gbp"))
    return isinstance(parsed, Parsed) and parsed.has(NoteKind.NOT_APPLICABLE)


def _formula(entry: Entry) -> Iterator[Fault]:
    if entry.has_formula and entry.column.name not in CONTROL_FIELDS:
        yield cells.FormulaTaken(entry.place)


def _rounding(table: Table) -> Iterator[Fault]:
    """Say where rounding each amount to pence moves a column's sum by more than a pound."""
    for column in table.raw.sheet.columns:
        if not column.is_money or not table.is_read(column.name):
            continue
        moved = table.sum(column.name) - table.sum_exact(column.name)
        if abs(moved) > _ROUNDING_WORTH_SAYING:
            place = Place(table.raw.name, table.raw.address(column.name, table.raw.header_row), column.name)
            yield layout.PartsOfAPenny(place, moved)
