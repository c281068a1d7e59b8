"""What the findings of one return add up to: their order, what beats what, and the verdict.

Here belongs everything that looks at findings alone. Not here: making them (``checks`` and its
siblings).

Source: the return specification, "Checks" (B beats H, repeats grouped); R02.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from sources.findings.fault import Fault
from sources.findings.findings import CERTIFIED, PROVISIONAL, Finding, Severity, Verdict
from sources.grammar.values import normalise_name
from sources.template.declaration import RETURN_SHEET, SHEETS

# More findings of one rule in one column than this are one, with all their cells, whatever their values.
_MOST_REPEATS = 20
_CELL = re.compile(r"([A-Z]+)(\d+)")
_SHEET_ORDER = {normalise_name(name): place for place, name in enumerate(("", RETURN_SHEET, *(s.name for s in SHEETS)))}


def settled(faults: Iterable[Fault | Finding]) -> tuple[Finding, ...]:
    """Return what was found, in words: in the order of the sheets, holds beaten by blocks, repeats grouped."""
    findings = [each.in_words() if isinstance(each, Fault) else each for each in faults]
    return tuple(_grouped(_without_beaten_holds(sorted(findings, key=_order))))


def verdict_on(findings: Sequence[Finding]) -> Verdict:
    """Return what the findings decide: B beats H, and anything else is accepted."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCK in severities:
        return Verdict.BLOCKED
    return Verdict.HELD if Severity.HOLD in severities else Verdict.ACCEPTED


def certification_of(said: object, findings: Sequence[Fault | Finding]) -> str:
    """Return how a return is accepted: Certified only if it says so and nothing speaks against it (R02)."""
    speaks_against = any(finding.severity is Severity.CERTIFY for finding in findings)
    return CERTIFIED if said == CERTIFIED and not speaks_against else PROVISIONAL


def _order(finding: Finding) -> tuple[int, int, int, str]:
    """Return where a finding stands among others: sheet, row, column, rule."""
    sheet = _SHEET_ORDER.get(normalise_name(finding.sheet), len(_SHEET_ORDER))
    match = _CELL.match(finding.cell)
    row, column = (int(match[2]), _column_order(match[1])) if match else (0, 0)
    return sheet, row, column, finding.rule


def _column_order(letters: str) -> int:
    return int.from_bytes(letters.rjust(3).encode())


def _without_beaten_holds(findings: Sequence[Finding]) -> list[Finding]:
    """Turn what would hold a blocked file into a sentence of the block on the same row, else of the first."""
    blocks = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if not blocks:
        return list(findings)
    first_of_row: dict[tuple[int, int], Finding] = {}
    for block in blocks:
        first_of_row.setdefault(_order(block)[:2], block)
    added: dict[int, list[str]] = {}
    for hold in findings:
        if hold.severity is Severity.HOLD:
            beside = first_of_row.get(_order(hold)[:2], blocks[0])
            if hold.message not in added.get(id(beside), ()):
                added.setdefault(id(beside), []).append(hold.message)
    return [
        replace(finding, remedy=" ".join(filter(None, [finding.remedy, *added.get(id(finding), [])])))
        for finding in findings
        if finding.severity is not Severity.HOLD
    ]


def _grouped(findings: Sequence[Finding]) -> list[Finding]:
    """Return one finding for those that say the same, or are more than a person reads, with all cells."""
    once = _merged(findings, _saying)
    many = [kind for kind, number in Counter(map(_kind, once)).items() if number > _MOST_REPEATS]
    return sorted(_merged(once, lambda finding: _kind(finding) if _kind(finding) in many else id(finding)), key=_order)


def _merged(findings: Iterable[Finding], same: Callable[[Finding], Hashable]) -> list[Finding]:
    """Return the first of those that are the same, with the cells of the others; what has no cell as it is."""
    groups: dict[Hashable, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(same(finding) if finding.cell else id(finding), []).append(finding)
    return [
        replace(first, also_at=tuple(dict.fromkeys(cell for each in (first, *others) for cell in each.cells))[1:])
        for first, *others in groups.values()
    ]


def _kind(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.severity.value, finding.sheet, finding.column, finding.code


def _saying(finding: Finding) -> tuple[str, ...]:
    return (*_kind(finding), finding.wrong, finding.remedy, finding.value_shown)
