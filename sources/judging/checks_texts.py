"""Checks of free text: personal data, and explanations where another finding asks for one.

Here belong D51 and D65. The text itself is never shown back. Not here: what is personal data
(``findings.personal_data``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sources.findings.findings import Finding, Severity
from sources.findings.personal_data import holds_personal_data
from sources.findings.wording import certify, listed, warn
from sources.judging.case import Case
from sources.template.declaration import RETURN_FIELDS, SHEETS, SHORTEST_EXPLANATION, Kind

# What only causes and their sizes can answer; the others are mended, not explained.
_ASKS_FOR_AN_EXPLANATION = frozenset({"D22", "D23", "D29", "D30", "D31", "D34", "D39", "D42"})
_IS_ACCEPTED_WITH = frozenset({Severity.WARN, Severity.CERTIFY})
# Pounds: with a pound sign, a thousands comma or a unit; a year or a date alone is none.
_AMOUNT = re.compile(r"£ ?\d|\b\d{1,3}(?:,\d{3})+|\b\d+(?:\.\d+)? ?(?:k|m|million|thousand|pounds)\b", re.IGNORECASE)


def _no_personal_data(case: Case) -> Iterator[Finding]:
    """D65, in every narrative column."""
    rows = [(case.form, RETURN_FIELDS)]
    rows += [(row, sheet.columns) for sheet in SHEETS for row in case.tables[sheet.table]]
    for row, columns in rows:
        for column in columns:
            if column.kind is Kind.NARRATIVE and row.has(column.name) and holds_personal_data(row[column.name]):
                wrong = "this looks as if it holds personal data"
                yield warn("D65", row.place(column.name), wrong, "Name posts, not people, and take addresses out.")


def missing_explanations(case: Case, findings: Iterable[Finding]) -> Iterator[Finding]:
    """D51: a line that another finding asks about explains itself, with causes and amounts."""
    asked: dict[int, list[str]] = {}
    rows = {entry.place.cell: row for row in case.savings for entry in row.entries.values() if entry.place.cell}
    for finding in findings:
        row = rows.get(finding.cell) if finding.sheet == case.savings.raw.name else None
        if row is None or finding.severity not in _IS_ACCEPTED_WITH:
            continue
        if finding.rule in _ASKS_FOR_AN_EXPLANATION:
            asked.setdefault(row.number, []).append(finding.rule)
    for row in case.savings:
        if row.number in asked and row.is_sound("variance_explanation"):
            said = row["variance_explanation"] or ""
            why = f"{listed(sorted(set(asked[row.number])))} on this row"
            if len(said) < SHORTEST_EXPLANATION:
                wrong = f"{why} has to be explained in {SHORTEST_EXPLANATION} characters or more"
                yield certify("D51", row.place("variance_explanation"), wrong, "Give the main causes with amounts.")
            elif not _AMOUNT.search(said):
                wrong = f"the explanation names no amount, which {why} asks for"
                yield certify("D51", row.place("variance_explanation"), wrong, "Give the main causes with amounts.")


CHECKS = (_no_personal_data,)
