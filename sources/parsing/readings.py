"""From cells to typed rows: each value read by its grammar, then held against the strict model.

Here belongs what a reading is worth saying: which check a failure or a note falls under. Not here:
the grammars (``grammar.values``), the lists (``grammar.choices``), the models
(``contract.row_models``), and everything that needs a second value (``judging.checks`` and its
siblings).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sources.contract.row_models import ValueProblem, pattern_of, value_problems
from sources.findings.findings import Finding
from sources.findings.wording import Place, block, listed, pounds, shown_back, warn
from sources.grammar import values
from sources.grammar.choices import Choices
from sources.grammar.values import Note, NoteKind, NotParsed, Parsed, ParsedMoney, Problem
from sources.parsing.return_form import CONTROL_FIELDS, RETURN_FORM, RawForm
from sources.parsing.rows import ZERO, Entry, RawRow, RawTable, Row, Table
from sources.reader.cells import Cell
from sources.template.declaration import NOT_YET_QUANTIFIED, SAVINGS, Column, Kind, Sheet

_PROJECTED = SAVINGS.column("projected_gbp")
# What more than a pound of rounding in a column is worth: a warning.
_ROUNDING_WORTH_SAYING = 1

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
# Of a line that is crossed out: what to say in its place.
_OR_WILL_NOT_COME = "If the saving will not come, choose Withdrawn or Undeliverable."
_BETWEEN_REFERENCES = re.compile(r"[\s,;/&+]+|\bAND\b")
# Said once for a column, or of the line as a whole.
_SAID_ELSEWHERE = frozenset({NoteKind.ROUNDED, NoteKind.NOT_APPLICABLE})


@dataclass(frozen=True)
class Reader:
    """Reads the cells of one sheet.

    Attributes:
        sheet: Which.
        choices: The lists in force for this return.
    """

    sheet: Sheet
    choices: Choices

    def entry(self, column: Column, cell: Cell | None, place: Place, or_else: str = "") -> tuple[Entry, list[Finding]]:
        """Return a cell's value and what is to be said of its reading.

        Args:
            column: Its column, or its label on the Return sheet.
            cell: The cell; None where the sheet has none.
            place: Where it is.
            or_else: What may be done instead of replacing TBC and its family by an estimate.
        """
        place = replace(place, shown=shown_back(cell, column))
        if column.kind is Kind.LIST and not self.choices.can_match(column):
            return Entry(column, place, is_read=False, is_sound=False), []
        parsed = self._parse(column, cell)
        has_formula = cell is not None and cell.has_formula
        if isinstance(parsed, NotParsed):
            entry = Entry(column, place, is_read=False, is_sound=False, has_formula=has_formula)
            return entry, [self._failure(column, place, parsed, or_else)]
        exact = parsed.exact if isinstance(parsed, ParsedMoney) else None
        notes = [
            warn(_RULE_OF_NOTE.get(note.kind, "D09"), place, *_sentence(note))
            for note in parsed.notes
            if note.kind not in _SAID_ELSEWHERE
        ]
        entry = Entry(column, place, parsed.value, exact=exact, has_formula=has_formula)
        return entry, [*notes, *_formula(entry)]

    def problems(self, entries: dict[str, Entry]) -> Iterator[Finding]:
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

    def _failure(self, column: Column, place: Place, failed: NotParsed, or_else: str) -> Finding:
        rule = _RULE_OF_PROBLEM.get(failed.problem, self.rule(column))
        if failed.problem is Problem.IS_A_DATE and not column.is_money:
            rule = "D17"
        code = failed.problem.value if failed.problem in _RULE_OF_PROBLEM else ""
        remedy = f"{failed.remedy} {or_else}" if or_else and failed.problem is Problem.PLACEHOLDER else failed.remedy
        if failed.problem is Problem.STRUCK and self.sheet is SAVINGS:
            remedy = f"{remedy} {_OR_WILL_NOT_COME}"
        return block(rule, place, failed.reason, remedy, code)

    def _misfit(self, entry: Entry, problem: ValueProblem) -> Finding:
        column = entry.column
        if problem.error == "missing":
            rule = "D03" if self.sheet is RETURN_FORM else "D10"
            return block(rule, entry.place, "this has to be filled in", self.choices.how_to_fill(column))
        if problem.error == "greater_than_equal":
            return block("D11", entry.place, "this is negative", "Enter a saving as a positive number.")
        if problem.error == "string_pattern_mismatch":
            if self._is_several(entry):
                return block(self.rule(column), entry.place, "these are several references", "Enter one.")
            wrong = f"this is not how a {column.name} is written"
            return block(self.rule(column), entry.place, wrong, self._like(entry))
        return block(self.rule(column), entry.place, problem.message[:1].lower() + problem.message[1:], column.guidance)

    def _is_several(self, entry: Entry) -> bool:
        pattern = pattern_of(entry.column, self.choices.reference)
        parts = [part for part in _BETWEEN_REFERENCES.split(str(entry.value)) if part]
        return len(parts) > 1 and pattern is not None and all(re.fullmatch(pattern, part) for part in parts)

    def _like(self, entry: Entry) -> str:
        """Return the nearest reference of the plan, or how one is written."""
        if entry.column.pattern == "saving_ref_pattern":
            near = self.choices.planned_refs.nearest(str(entry.value))
            if near:
                return f"Did you mean {near}?"
        return entry.column.guidance


def read_form(raw: RawForm, choices: Choices) -> tuple[Row, list[Finding]]:
    """Return the Return sheet's typed values as one row, with what is to be said of their reading."""
    reader = Reader(RETURN_FORM, choices)
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    for column in RETURN_FORM.columns:
        place = raw.place(column.name)
        entries[column.name], said = reader.entry(column, raw.cells.get(column.name), place)
        findings += said
    findings += reader.problems(entries)
    for label, second in raw.repeated.items():
        place = replace(raw.place(label), cell=second)
        findings.append(
            block("D03", place, f"this label is there twice (also for {raw.addresses[label]})", "Keep one.")
        )
        entries[label] = entries[label].spoilt()
    return Row(0, entries), findings


def read_table(raw: RawTable, choices: Choices) -> tuple[Table, list[Finding]]:
    """Return a sheet's typed rows, with what is to be said of their reading."""
    reader = Reader(raw.sheet, choices)
    rows: list[Row] = []
    findings: list[Finding] = []
    for raw_row in raw.rows:
        row, said = _read_row(reader, raw, raw_row)
        rows.append(row)
        findings += said
    table = Table(raw, tuple(rows))
    return table, [*findings, *_rounding(table)]


def empty_table(sheet: Sheet) -> Table:
    """Return the table of a sheet that the file does not have."""
    return Table(RawTable(sheet, sheet.name, 0, {}, {}, (), ()))


def _read_row(reader: Reader, raw: RawTable, raw_row: RawRow) -> tuple[Row, list[Finding]]:
    entries: dict[str, Entry] = {}
    findings: list[Finding] = []
    struck: list[str] = []
    for column in raw.sheet.columns:
        place = Place(raw.name, raw.address(column.name, raw_row.number), column.name)
        if place.cell in raw.merged_amounts:
            entries[column.name] = Entry(column, place, is_read=False, is_sound=False)
            continue
        or_else = _blank_instead(raw, raw_row) if column is _PROJECTED else ""
        entries[column.name], said = reader.entry(column, raw_row.cells.get(column.name), place, or_else)
        is_told = bool(struck) and any(finding.code == Problem.STRUCK for finding in said)
        struck += [finding.cell for finding in said if finding.code == Problem.STRUCK]
        findings += [] if is_told else said
    findings = [_with_the_others(finding, struck[1:]) for finding in findings]
    if raw.sheet is SAVINGS:
        findings += _blanks_that_mean_zero(entries)
        findings += _blank_projected(entries, _blank_instead(raw, raw_row))
    findings = _without_noise_of_unsound(findings, reader.problems(entries))
    not_applicable = raw.sheet is SAVINGS and _says_not_applicable(raw_row.cells.get("deferred_gbp"))
    return Row(raw_row.number, entries, is_deferred_not_applicable=not_applicable), findings


def _with_the_others(finding: Finding, struck: list[str]) -> Finding:
    """Return a row's first cell with a line through it as one fault with the others."""
    if finding.code != Problem.STRUCK or not struck:
        return finding
    return replace(finding, message=f"{finding.message} So {_has(struck)} {listed(struck)}.")


def _has(cells: list[str]) -> str:
    return "has" if len(cells) == 1 else "have"


def _without_noise_of_unsound(notes: list[Finding], problems: Iterable[Finding]) -> list[Finding]:
    """Return both, without what was mended of a reference that is none even so (D46)."""
    problems = list(problems)
    unsound = {problem.cell for problem in problems}
    return [note for note in notes if note.rule != "D46" or note.cell not in unsound] + problems


def _blanks_that_mean_zero(entries: dict[str, Entry]) -> Iterator[Finding]:
    """Read a blank deferred or undeliverable amount as 0 where projected leaves nothing to place."""
    baseline, projected = entries["baseline_gbp"].value, entries["projected_gbp"].value
    if baseline is None or projected is None or projected < baseline:
        return
    for name in ("deferred_gbp", "undeliverable_gbp"):
        entry = entries[name]
        if entry.is_read and entry.value is None:
            entries[name] = replace(entry, value=ZERO, exact=ZERO)
            yield warn("D10", entry.place, "this is blank and was read as 0", "Enter 0 where you mean none.")


def _blank_instead(raw: RawTable, row: RawRow) -> str:
    """Return how a row says that nothing is projected yet, naming the cell that says so."""
    return f"Or leave it blank and choose '{NOT_YET_QUANTIFIED}' in {raw.address('status', row.number)} (status)."


def _blank_projected(entries: dict[str, Entry], blank_instead: str) -> Iterator[Finding]:
    projected, status = entries["projected_gbp"], entries["status"]
    if not projected.is_read or projected.value is not None or not status.is_read:
        return
    if status.value == NOT_YET_QUANTIFIED:
        yield warn("D10", projected.place, "nothing is projected yet, and it counts as 0", "Enter an estimate soon.")
        return
    entries["projected_gbp"] = projected.spoilt()
    yield block("D10", projected.place, "this has to be filled in", f"Enter an estimate. {blank_instead}")


def _says_not_applicable(cell: Cell | None) -> bool:
    parsed = values.parse(cell, SAVINGS.column("deferred_gbp"))
    return isinstance(parsed, Parsed) and parsed.has(NoteKind.NOT_APPLICABLE)


def _formula(entry: Entry) -> Iterator[Finding]:
    if entry.has_formula and entry.column.name not in CONTROL_FIELDS:
        wrong = "a formula stands where a value belongs, and its result was taken"
        yield warn("D08", entry.place, wrong, "Type the value.")


def _rounding(table: Table) -> Iterator[Finding]:
    """Say where rounding each amount to pence moves a column's sum by more than a pound."""
    for column in table.raw.sheet.columns:
        if not column.is_money or not table.is_read(column.name):
            continue
        moved = table.sum(column.name) - table.sum_exact(column.name)
        if abs(moved) > _ROUNDING_WORTH_SAYING:
            place = Place(table.raw.name, table.raw.address(column.name, table.raw.header_row), column.name)
            wrong = f"amounts with parts of a penny were rounded, which moves the sum by {pounds(moved)}"
            yield warn("D09", place, wrong, "Enter pounds and pence.")


def _sentence(note: Note) -> tuple[str, str]:
    """Return a note as what is said and the remedy: its first sentence, then the rest."""
    first, _, rest = note.message.partition(". ")
    return first[:1].lower() + first[1:].rstrip("."), rest
