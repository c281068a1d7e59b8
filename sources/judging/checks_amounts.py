"""Checks of an amount by itself: none comes near the limit that the council set for it.

Here belongs D79. Publishing stops at a figure of a line beyond its limit, for every directorate
(``expectations.figures``), and at a sum that no table holds; so whoever entered it is told at the door. Not here:
how an amount is written (``grammar.money``), and amounts beside others (``checks_lines``, ``checks_projects``).
"""

from __future__ import annotations

from collections.abc import Iterator

from sources.findings.fault import Fault
from sources.findings.words import amounts
from sources.judging.case import Case
from sources.template.declaration import DEFERRALS, RISKS, SAVINGS, SHEETS

# What is published as a figure of one line. A full-year effect, a fund line or an idea may be more than any line is.
_OF_A_LINE = {
    (sheet.name, column.name)
    for sheet in (SAVINGS, DEFERRALS, RISKS)
    for column in sheet.columns
    if column.is_money and column.name != "full_year_effect_gbp"
}


def _no_amount_is_above_its_limit(case: Case) -> Iterator[Fault]:
    """D79, on every sheet."""
    of_a_line = (case.reference.limit("line_limit_gbp"), amounts.AboveLineLimit)
    of_all = (case.reference.limit("council_limit_gbp"), amounts.AboveLimit)
    for sheet in SHEETS:
        columns = [column.name for column in sheet.columns if column.is_money]
        for row in case.tables[sheet.table]:
            for column in columns:
                limit, above = of_a_line if (sheet.name, column) in _OF_A_LINE else of_all
                if row.has(column) and row[column] > limit:
                    yield above(row.place(column), limit)


CHECKS = (_no_amount_is_above_its_limit,)
