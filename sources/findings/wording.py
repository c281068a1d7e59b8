"""How a finding is worded: where it is, what is wrong, what was entered, how to mend it.

Here belongs the common form of a message and what of a cell may be shown back. Not here: what is
wrong (``judging.checks`` and its siblings), and the receipt's layout (``receipts.receipt``).

Source: the return specification, "Common message form" and its last paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sources.findings.findings import Finding, Severity
from sources.findings.personal_data import masked
from sources.reader.cells import Cell, CellKind
from sources.template.declaration import Column, Kind

SHOWN_LENGTH = 40
# No more of a text is looked at: enough to see whether what is shown begins an address.
_LOOKED_AT_LENGTH = 400
# Titles, notes, explanations and names are never shown back: a receipt may be read by others.
_NEVER_SHOWN = frozenset({Kind.TEXT, Kind.NARRATIVE})


@dataclass(frozen=True)
class Place:
    """What a finding is about: a cell, a column or a sheet.

    Attributes:
        sheet: Name of the sheet; empty when it is about the file.
        cell: Address; empty when it is about no single cell.
        column: Column or label.
        shown: What was entered, as far as it may be shown back.
    """

    sheet: str = ""
    cell: str = ""
    column: str = ""
    shown: str = ""

    @property
    def address(self) -> str:
        """Return the cell with its sheet, ``Savings!K14``; a sheet's name comes from the file."""
        sheet = escaped(self.sheet)
        return f"{sheet}!{self.cell}" if self.cell else sheet


def finding(rule: str, severity: Severity, place: Place, wrong: str, remedy: str = "", code: str = "") -> Finding:
    """Return a finding in the common form of message.

    Args:
        rule: ``D09``.
        severity: What it does to the file.
        place: Where.
        wrong: What is wrong, without a stop at its end.
        remedy: How to mend it, whole sentences.
        code: The name that operators know the fault by, such as ``version-conflict``.
    """
    where = " \u2013 ".join(part for part in (place.address, place.column) if part)
    message = f"{where}: {wrong}." if where else f"{wrong[:1].upper()}{wrong[1:]}."
    if place.shown:
        message += f" You entered '{place.shown}'."
    if remedy:
        message += f" {remedy}"
    return Finding(
        rule=rule,
        severity=severity,
        message=message,
        sheet=place.sheet,
        cell=place.cell,
        column=place.column,
        value_shown=place.shown,
        code=code,
    )


def block(rule: str, place: Place, wrong: str, remedy: str = "", code: str = "") -> Finding:
    """Return a finding that blocks the file."""
    return finding(rule, Severity.BLOCK, place, wrong, remedy, code)


def hold(rule: str, place: Place, wrong: str, remedy: str = "") -> Finding:
    """Return a finding that holds the file until a named post releases or rejects it."""
    return finding(rule, Severity.HOLD, place, wrong, remedy)


def warn(rule: str, place: Place, wrong: str, remedy: str = "") -> Finding:
    """Return a finding that the file is accepted with."""
    return finding(rule, Severity.WARN, place, wrong, remedy)


def certify(rule: str, place: Place, wrong: str, remedy: str = "") -> Finding:
    """Return a finding that keeps the file from being accepted as certified (R02)."""
    return finding(rule, Severity.CERTIFY, place, wrong, remedy)


def shown_back(cell: Cell | None, column: Column) -> str:
    """Return what of a cell may be shown back: typed columns alone, escaped, personal data masked."""
    if cell is None or column.kind in _NEVER_SHOWN:
        return ""
    text = ("FALSE", "TRUE")[cell.text == "1"] if cell.kind is CellKind.BOOLEAN else cell.text
    return escaped(text)


def escaped(text: str) -> str:
    """Return text for a message: what cannot be seen spelled out, personal data masked, 40 characters at most."""
    visible = "".join(
        letter if letter.isprintable() else f"\\u{ord(letter):04x}"
        for letter in masked(text.strip()[:_LOOKED_AT_LENGTH])
    )
    return visible if len(visible) <= SHOWN_LENGTH else f"{visible[: SHOWN_LENGTH - 1]}…"


def pounds(amount: Decimal) -> str:
    """Return an amount as a message names it: ``£1,234``, or ``£1,234.50`` where there are pence."""
    sign = "-" if amount < 0 else ""
    return f"{sign}£{abs(amount):,.{0 if amount == amount.to_integral_value() else 2}f}"


def listed(items: Iterable[object], most: int = 15) -> str:
    """Return items for a sentence, ``3, 4, 5 and 2 more``."""
    words = [str(item) for item in items]
    if len(words) <= most:
        return ", ".join(words)
    return f"{', '.join(words[:most])} and {len(words) - most} more"
