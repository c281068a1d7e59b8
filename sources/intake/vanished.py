"""What returns use may end, and may not vanish: a folder of reference data that leaves out what a return names.

Here belongs finding what a new folder leaves out and who uses it. Not here: what becomes of such a folder
(``adoption``), and lines that leave the plan, which is a drop in pounds (``expectations.kept``).

What ended stays in its list with its last day (``valid_to``), so that what was accepted goes on meaning what it
meant. A row that nobody has used may go: it may have been a mistake.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sources.custody.ledger import LedgerView
from sources.custody.submission import JudgedSubmission, State
from sources.findings.listing import listed
from sources.reference.reference import Reference
from sources.template.declaration import RETURN_FIELDS, SHEETS
from sources.template.kinds import Column

# Whose figures are in the warehouse, or may come into it by a decision.
_HAS_FIGURES = frozenset({State.ACCEPTED, State.WITHDRAWN, State.HELD})
_DATED = {"directorate": "directorate_code", "service": "service_code"}
_CODED = {"theme": "code", "workstream": "code"}


@dataclass(frozen=True)
class _Gone:
    """A row that a list had and has no more: the list's name, as the template calls it, and the code."""

    name: str
    code: str

    @property
    def words(self) -> str:
        """Return what is missing, and where."""
        if self.name in _DATED:
            return f"{self.code} is missing in {self.name}.csv; end it with valid_to instead"
        if self.name == "period":
            return f"{self.code} is missing in reporting_calendar.csv; put it back"
        if self.name == "year":
            return f"{self.code} is missing in financial_year.csv; put it back"
        file = f"{self.name}.csv" if self.name in _CODED else f"vocabulary {self.name!r} of vocabulary.csv"
        return f"{self.code!r} is missing in {file}; put it back"


def vanished_in_use(reference: Reference, in_force: Reference, ledger: LedgerView) -> tuple[str, ...]:
    """Return, in words, what a folder leaves out although returns use it: what, where, what to do, who uses it.

    Args:
        reference: The folder that would be put in force.
        in_force: The folder in force.
        ledger: The returns, with their typed lines.

    Raises:
        VaultDamaged: If the lines of a return are not what they were.
    """
    gone = _keys(in_force) - _keys(reference)
    if not gone:
        return ()
    users: dict[_Gone, list[str]] = defaultdict(list)
    for submission in ledger.judged():
        if submission.state in _HAS_FIGURES:
            for used in gone & set(_used(submission, ledger, {each.name for each in gone})):
                users[used].append(submission.submission_id)
    ordered = sorted(users, key=lambda each: (each.name, each.code))
    return tuple(f"{each.words} (used by {listed(users[each])})" for each in ordered)


def _keys(reference: Reference) -> set[_Gone]:
    tables = reference.tables
    found = {_Gone(file, str(row[column])) for file, column in (_DATED | _CODED).items() for row in tables[file]}
    found |= {_Gone("year", row["financial_year"]) for row in tables["financial_year"]}
    found |= {_Gone("period", _period(row)) for row in tables["reporting_calendar"]}
    return found | {_Gone(row["vocabulary"], row["code"]) for row in tables["vocabulary"]}


def _period(row: Mapping[str, str]) -> str:
    return f"{row['financial_year']} {row['reporting_period']}"


def _used(submission: JudgedSubmission, ledger: LedgerView, names: set[str]) -> Iterator[_Gone]:
    """Yield what a return names of these lists."""
    yield _Gone("directorate", submission.reports_for)
    yield _Gone("directorate", submission.directorate_code)
    if submission.financial_year and submission.reporting_period:
        yield _Gone("year", submission.financial_year)
        yield _Gone("period", f"{submission.financial_year} {submission.reporting_period}")
    for column in _of(names, RETURN_FIELDS):
        yield _Gone(column.vocabulary or "", submission.fields.get(column.name) or "")
    if submission.lines_sha256 is not None:
        yield from _named_in_lines(submission.lines_sha256, ledger, names)


def _named_in_lines(lines_sha256: str, ledger: LedgerView, names: set[str]) -> Iterator[_Gone]:
    from sources.lines.line_files import read_file  # it brings Arrow, and hardly any folder leaves anything out

    folder = ledger.vault.checked_lines_folder(lines_sha256)
    for sheet in SHEETS:
        columns = _of(names, sheet.columns)
        for row in read_file(folder, sheet, [column.name for column in columns]).to_pylist() if columns else ():
            for column in columns:
                for code in _codes(str(row[column.name] or "")):
                    yield _Gone(column.vocabulary or "", code)
        if "year" in names and "plan_year" in [column.name for column in sheet.columns]:
            for row in read_file(folder, sheet, ["plan_year"]).to_pylist():
                yield _Gone("year", row["plan_year"])


def _of(names: set[str], columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.vocabulary in names]


def _codes(text: str) -> list[str]:
    """Return the codes of a cell; of several with shares (T1:0.6;T2:0.4) each."""
    return [part.split(":")[0] for part in text.split(";")]
