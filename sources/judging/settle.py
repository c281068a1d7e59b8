"""What the findings of one return add up to: their order, what beats what, and the verdict.

Here belongs everything that looks at findings alone. Not here: making them (``checks`` and its
siblings).

Source: the return specification, "Checks" (B beats H, repeats grouped); R02.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from sources.findings.findings import CERTIFIED, PROVISIONAL, Finding, Severity, Verdict
from sources.findings.wording import listed
from sources.grammar.values import normalise_name
from sources.template.declaration import RETURN_SHEET, SHEETS

# More findings of one rule in one column than this are told as one, with all their cells.
_MOST_REPEATS = 20
_CELL = re.compile(r"([A-Z]+)(\d+)")
_LIKEWISE = re.compile(r" Likewise in \d+ more cells: ([A-Z0-9:, ]+?)(?: and \d+ more)?\.\Z")
_SHEET_ORDER = {normalise_name(name): place for place, name in enumerate(("", RETURN_SHEET, *(s.name for s in SHEETS)))}
_SEVERITY_ORDER = (Severity.BLOCK, Severity.HOLD, Severity.CERTIFY, Severity.WARN)


def settled(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings in the order of the sheets, holds beaten by blocks, repeats grouped."""
    return tuple(_grouped(_without_beaten_holds(sorted(findings, key=_place))))


def verdict_on(findings: Sequence[Finding]) -> Verdict:
    """Return what the findings decide: B beats H, and anything else is accepted."""
    severities = {finding.severity for finding in findings}
    if Severity.BLOCK in severities:
        return Verdict.BLOCKED
    return Verdict.HELD if Severity.HOLD in severities else Verdict.ACCEPTED


def cells_of(finding: Finding) -> list[str]:
    """Return every cell that a finding names: its own, then those that it says the like of."""
    likewise = _LIKEWISE.search(finding.message)
    if not finding.cell or likewise is None:
        return [finding.cell] if finding.cell else []
    return [finding.cell, *(cell for part in likewise[1].split(", ") for cell in _cells_in(part))]


def certification_of(said: object, findings: Sequence[Finding]) -> str:
    """Return how a return is accepted: Certified only if it says so and nothing speaks against it (R02)."""
    speaks_against = any(finding.severity is Severity.CERTIFY for finding in findings)
    return CERTIFIED if said == CERTIFIED and not speaks_against else PROVISIONAL


def _place(finding: Finding) -> tuple[int, int, int, str]:
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
        first_of_row.setdefault(_place(block)[:2], block)
    added: dict[int, list[str]] = {}
    for hold in findings:
        if hold.severity is Severity.HOLD:
            beside = first_of_row.get(_place(hold)[:2], blocks[0])
            if hold.message not in beside.message:
                added.setdefault(id(beside), []).append(hold.message)
    return [
        replace(finding, message=" ".join([finding.message, *added.get(id(finding), [])]))
        for finding in findings
        if finding.severity is not Severity.HOLD
    ]


def _grouped(findings: Sequence[Finding]) -> list[Finding]:
    """Tell many findings of one rule in one column as the first of them, with all cells."""
    by_kind: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        by_kind.setdefault(_kind(finding), []).append(finding)
    told = [_as_one(alike) if len(alike) > _MOST_REPEATS and alike[0].cell else alike for alike in by_kind.values()]
    return sorted((finding for alike in told for finding in alike), key=_place)


def _kind(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.severity.value, finding.sheet, finding.column, finding.code


def _as_one(alike: Sequence[Finding]) -> list[Finding]:
    cells = listed(_ranges([finding.cell for finding in alike[1:]]), most=100)
    return [replace(alike[0], message=f"{alike[0].message} Likewise in {len(alike) - 1} more cells: {cells}.")]


def _cells_in(run: str) -> list[str]:
    """Return the cells of what ``_ranges`` wrote: one cell, or those of a column from one to another."""
    ends = [(match[1], int(match[2])) for match in map(_CELL.match, run.split(":")) if match]
    (letters, first), (_, last) = ends[0], ends[-1]
    return [f"{letters}{row}" for row in range(first, last + 1)]


def _ranges(cells: Sequence[str]) -> list[str]:
    """Return cells of one column with those that follow each other as a range, ``K5:K9``."""
    parsed = [(match[1], int(match[2])) for match in map(_CELL.match, cells) if match]
    ranges = []
    for (letters, _), run in groupby(enumerate(parsed), key=lambda item: (item[1][0], item[1][1] - item[0])):
        rows = [row for _, (_, row) in run]
        ranges.append(f"{letters}{rows[0]}" if len(rows) == 1 else f"{letters}{rows[0]}:{letters}{rows[-1]}")
    return ranges
