"""Checks of an amount by itself: no line of the council's comes near its limit.

Here belongs D79. Publishing stops at a figure beyond that limit, for every directorate (``expectations.figures``);
so whoever entered it is told at the door. Not here: how an amount is written (``grammar.money``), and amounts
beside others (``checks_lines``, ``checks_projects``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.findings.fault import Fault
from sources.findings.words import amounts
from sources.judging.case import Case
from sources.template.declaration import SHEETS


def _no_amount_is_above_the_limit(case: Case) -> Iterator[Fault]:
    """D79, on every sheet."""
    limit = case.reference.limit("line_limit_gbp")
    for sheet in SHEETS:
        columns = [column.name for column in sheet.columns if column.is_money]
        for row in case.tables[sheet.table]:
            for column in columns:
                if row.has(column) and row[column] > limit:
                    yield amounts.AboveLimit(row.place(column), limit)


CHECKS = (_no_amount_is_above_the_limit,)
