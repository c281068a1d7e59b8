"""Which line a finding is about: the reference in the row of each of its cells.

Here belongs adding references to findings that are settled, so that the next return can be asked about
the same line wherever it stands then. Not here: grouping and ordering them (``settle``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sources.findings.findings import Finding
from sources.parsing.rows import Row, Table

_ROW = re.compile(r"\d+$")


def with_refs(findings: Iterable[Finding], tables: Iterable[Table]) -> Iterator[Finding]:
    """Yield the findings with the references of their rows; only what reads as a reference is one.

    Args:
        findings: Of one return, grouped.
        tables: Its sheets.
    """
    refs = {(table.raw.name, str(row.number)): _ref(row, table) for table in tables for row in table}
    for finding in findings:
        rows = [_ROW.search(cell) for cell in finding.cells]
        yield replace(finding, refs=tuple(refs.get((finding.sheet, row[0]), "") if row else "" for row in rows))


def _ref(row: Row, table: Table) -> str:
    column = table.raw.sheet.key[0]
    return str(row[column]) if row.has(column) else ""
