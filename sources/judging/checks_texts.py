"""Checks of free text: personal data, and explanations where another finding asks for one.

Here belong D51 and D65. The text itself is never shown back. Not here: what is personal data
(``findings.personal_data``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sources.findings.fault import Fault
from sources.findings.findings import Finding, Severity
from sources.findings.personal_data import holds_personal_data
from sources.findings.words import lines
from sources.judging.case import Case
from sources.template.declaration import RETURN_FIELDS, SHEETS, SHORTEST_EXPLANATION, Kind

_IS_ACCEPTED_WITH = frozenset({Severity.WARN, Severity.CERTIFY})
# Pounds: with a pound sign, a thousands comma or a unit; a year or a date alone is none.
_AMOUNT = re.compile(r"£ ?\d|\b\d{1,3}(?:,\d{3})+|\b\d+(?:\.\d+)? ?(?:k|m|million|thousand|pounds)\b", re.IGNORECASE)


def _no_personal_data(case: Case) -> Iterator[Fault]:
    """D65, in every narrative column."""
    rows = [(case.form, RETURN_FIELDS)]
    rows += [(row, sheet.columns) for sheet in SHEETS for row in case.tables[sheet.table]]
    for row, columns in rows:
        for column in columns:
            if column.kind is Kind.NARRATIVE and row.has(column.name) and holds_personal_data(row[column.name]):
                yield lines.PersonalData(row.place(column.name))


def missing_explanations(case: Case, findings: Iterable[Fault | Finding]) -> Iterator[Fault]:
    """D51: a line that another finding asks about explains itself, with causes and amounts."""
    asked: dict[int, set[str]] = {}
    rows = {entry.place.cell: row for row in case.savings for entry in row.entries.values() if entry.place.cell}
    for finding in findings:
        row = rows.get(finding.cell) if finding.sheet == case.savings.raw.name else None
        if row is None or finding.severity not in _IS_ACCEPTED_WITH:
            continue
        # Only causes and their sizes can answer these; the others are corrected, not explained.
        if finding.rule in lines.TO_EXPLAIN:
            asked.setdefault(row.number, set()).add(finding.rule)
    for row in case.savings:
        if row.number in asked and row.is_sound("variance_explanation"):
            said = row["variance_explanation"] or ""
            place = row.place("variance_explanation")
            why = tuple(lines.TO_EXPLAIN[rule] for rule in sorted(asked[row.number]))
            if len(said) < SHORTEST_EXPLANATION:
                yield lines.NoExplanation(place, why, SHORTEST_EXPLANATION)
            elif not _AMOUNT.search(said):
                yield lines.ExplanationWithoutAmount(place, why)


CHECKS = (_no_personal_data,)
