"""What can be said of a return: a finding, its severity, and the judgement they add up to.

Here belong the shapes that are kept and shown. Not here: the types of findings and their texts
(``findings.fault``, ``findings.words``), the rules (``findings.rules`` names them, ``judging.checks`` applies
them) and the layout on a receipt (``receipts.receipt``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from sources.findings.cell_ranges import cell_ranges
from sources.findings.shown import escaped

# How a return is accepted (R02).
CERTIFIED, PROVISIONAL = "Certified", "Provisional"


class Severity(StrEnum):
    """What a finding does to the file it is about."""

    BLOCK = "B"
    HOLD = "H"
    WARN = "W"
    CERTIFY = "C"


class WhoActs(StrEnum):
    """Who has to act on a finding."""

    DIRECTORATE = "directorate"
    DATA_TEAM = "data team"
    FINANCE = "finance"
    NOBODY = "nobody"


class Verdict(StrEnum):
    """What is decided of a received file."""

    ACCEPTED = "accepted"
    HELD = "held"
    BLOCKED = "blocked"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with, or worth saying of, a return, in words.

    Attributes:
        rule: The check, ``D09``.
        severity: What it does to the file.
        wrong: What is wrong, for the officer.
        sheet: Sheet name, empty when it is about the whole file.
        cell: Address such as ``K14``, empty when it is about no single cell.
        column: Field name of the column or label.
        value_shown: What was entered, for typed cells alone; free text is never echoed.
        code: Refusal code such as ``zip-corrupt``, for files that were not read as a return.
        remedy: How to correct it.
        heading: The column as people call it.
        who: Who must act.
        also_at: Further cells of the sheet of which the same is to be said.
        refs: For each of its cells the reference in the cell's row, empty where the row has none.
    """

    rule: str
    severity: Severity
    wrong: str
    sheet: str = ""
    cell: str = ""
    column: str = ""
    value_shown: str = ""
    code: str = ""
    remedy: str = ""
    heading: str = ""
    who: WhoActs = WhoActs.DIRECTORATE
    also_at: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell that it is about."""
        return (self.cell, *self.also_at) if self.cell else ()

    @property
    def where(self) -> str:
        """Its place in words: the cell, then the column's heading."""
        sheet = escaped(self.sheet)  # its name comes from the file
        address = f"{sheet}!{self.cell}" if self.cell else sheet
        return " \u2013 ".join(part for part in (address, self.heading or self.column) if part)

    @property
    def message(self) -> str:
        """Place, what is wrong, what was entered, how to correct it, and where else, in one text."""
        said = f"{self.where}: {self.wrong}" if self.where else self.wrong
        entered = f"You entered '{self.value_shown}'." if self.value_shown else ""
        return _joined(said, entered, self.remedy, self._also)

    @property
    def text(self) -> str:
        """The message for whoever sees the place and what was entered next to it."""
        return _joined(self.wrong, self.remedy, self._also)

    @property
    def _also(self) -> str:
        return f"This also applies to {cell_ranges(self.also_at)}." if self.also_at else ""

    def as_json(self) -> dict[str, Any]:
        """Return the finding as an event and a command's JSON carry it, with the whole message."""
        values = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {**values, "message": self.message}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Return the finding that ``as_json`` wrote."""
        values = {each.name: data[each.name] for each in fields(cls) if each.name in data}
        return cls(
            **values
            | {
                "severity": Severity(data["severity"]),
                "who": WhoActs(data.get("who", WhoActs.DIRECTORATE)),
                "also_at": tuple(data.get("also_at", ())),
                "refs": tuple(data.get("refs", ())),
            }
        )


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


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
