"""What every type of finding has: its rule, what it does to the file, who must act, its two texts.

Here belongs the type that a check yields. Not here: the types with their words (``findings.words``, which also
says how to write one), how values are put into words (``findings.wording``), and what is kept of a finding
(``findings.findings``).

A fault is what is wrong and where. It becomes a ``Finding`` once all faults of a return are known.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, dataclass_transform

from sources.findings.findings import Finding, Severity, WhoActs
from sources.findings.place import Place
from sources.findings.rules import rule_named
from sources.findings.wording import Text, heading_of, in_words


@dataclass_transform(frozen_default=True)
@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with, or worth saying of, a return. Each subclass is a frozen dataclass.

    Attributes:
        rule: The check, ``D09``.
        severity: What it does to the file.
        wrong: What is wrong, whole sentences.
        remedy: How to correct it, whole sentences; empty where there is nothing to correct.
        live: What is wrong as the workbook says it, whose formulas know no values; needed only where
            ``wrong`` and ``remedy`` say too little without theirs.
        who: Who must act; without it, who acts on its rule.
        code: The name that operators know it by, such as ``version-conflict``.
        place: Where it is.
    """

    rule: ClassVar[str]
    severity: ClassVar[Severity]
    wrong: ClassVar[Text]
    remedy: ClassVar[Text] = ""
    live: ClassVar[Text] = ""
    who: ClassVar[WhoActs | None] = None
    code: ClassVar[str] = ""

    place: Place

    def __init_subclass__(cls) -> None:
        """Make the subclass the frozen dataclass that it is declared as; one without own fields is its parent's."""
        if "__annotations__" in vars(cls):
            dataclass(frozen=True)(cls)

    @property
    def sheet(self) -> str:
        """The sheet it is on; empty when it is about the file."""
        return self.place.sheet

    @property
    def cell(self) -> str:
        """The cell's address; empty when it is about no single cell."""
        return self.place.cell

    @property
    def column(self) -> str:
        """The column's or label's field name."""
        return self.place.column

    @property
    def values(self) -> dict[str, object]:
        """What its words name, by field."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.name != "place"}

    def in_words(self) -> Finding:
        """Return the finding that people read."""
        return Finding(
            rule=self.rule,
            severity=self.severity,
            wrong=in_words(self.wrong, self.values, self.sheet),
            remedy=in_words(self.remedy, self.values, self.sheet),
            who=self.who or rule_named(self.rule).who_fixes,
            sheet=self.sheet,
            cell=self.cell,
            column=self.column,
            heading=heading_of(self.column, self.sheet),
            value_shown=self.place.shown,
            code=self.code,
        )


class Block(Fault):
    """Blocks the file: nothing of it is loaded."""

    severity = Severity.BLOCK


class Hold(Fault):
    """Holds the file until a named post releases or rejects it."""

    severity = Severity.HOLD


class Warn(Fault):
    """The file is accepted with it."""

    severity = Severity.WARN


class Certify(Fault):
    """Keeps the file from being accepted as certified (R02)."""

    severity = Severity.CERTIFY
