"""What can be said of a return: a finding, its severity, and the judgement they add up to.

Here belong the shapes alone. Not here: the rules (``rules`` names them, ``judging.checks`` applies them)
and the wording's layout on a receipt (``receipts.receipt``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# How a return is accepted (R02).
CERTIFIED, PROVISIONAL = "Certified", "Provisional"


class Severity(StrEnum):
    """What a finding does to the file it is about."""

    BLOCK = "B"
    HOLD = "H"
    WARN = "W"
    CERTIFY = "C"


class Verdict(StrEnum):
    """What is decided of a received file."""

    ACCEPTED = "accepted"
    HELD = "held"
    BLOCKED = "blocked"
    REFUSED = "refused"
    DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with, or worth saying of, a return.

    Attributes:
        rule: The check, ``D09``.
        severity: What it does to the file.
        sheet: Sheet name, empty when it is about the whole file.
        cell: Address such as ``K14``, empty when it is about no single cell.
        column: Column or label name.
        value_shown: What was entered, for typed cells alone; free text is never echoed.
        message: What is wrong and how to mend it, for the officer.
        code: Refusal code such as ``zip-corrupt``, for files that were not read as a return.
    """

    rule: str
    severity: Severity
    message: str
    sheet: str = ""
    cell: str = ""
    column: str = ""
    value_shown: str = ""
    code: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the finding as an event carries it."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "sheet": self.sheet,
            "cell": self.cell,
            "column": self.column,
            "value_shown": self.value_shown,
            "message": self.message,
            "code": self.code,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> Finding:
        """Return the finding that ``as_json`` wrote."""
        texts = {name: text for name, text in data.items() if name != "severity"}
        return cls(severity=Severity(data["severity"]), **texts)


@dataclass(frozen=True)
class Judgement:
    """What one reading of one file came to. Pure: it depends on file, folder, reference, history.

    Attributes:
        verdict: Accepted, held, blocked or refused.
        refusal_code: Why it could not be read as a return; empty otherwise.
        findings: Every finding, in the order of the sheets.
        fields: The Return sheet's typed values by label (absent labels are missing keys).
        tables: Typed rows by table name, in sheet order, each ready for ``line_files.write_lines``;
            empty unless accepted or held.
        headers: By table name, template column to the header found, for ``line_files.write_lines``.
        certification: ``Provisional`` or ``Certified`` as accepted (R02).
        rows_read: Data rows of the Savings sheet.
        rows_quarantined: Those of them whose line is not registered (R33).
    """

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    refusal_code: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    certification: str = ""
    rows_read: int = 0
    rows_quarantined: int = 0

    def count(self, severity: Severity) -> int:
        """Return how many findings have that severity."""
        return sum(finding.severity is severity for finding in self.findings)
