"""The one declaration of the return template, ``TRR``: its sheets, columns, kinds and limits.

Here belongs what a return *is*: the blank workbook, the typed rows, the guidance and the data
dictionary are all generated from what this module gathers. The columns are declared in
``return_sheet``, ``savings_sheet`` and ``other_sheets``. Not here: how a cell is
read (``grammar.values``, ``parsing.sheets``), what makes a row wrong against other rows or other returns
(``judging.checks``), and the lists that a council decides (``reference``).

Source: the return template, version 2.0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sources.template.kinds import MONEY_KINDS, Column, Kind, Need, OwnColumn, Sheet
from sources.template.other_sheets import DEFERRALS, INVESTMENT, PIPELINE, PLAN_CHANGES, PROJECTS, RISKS
from sources.template.return_sheet import (
    CONTROL_TOTALS,
    FIRST_FIELD_ROW,
    FIXED_FIELDS,
    RETURN_FIELDS,
    RETURN_SHEET,
    ROW_COUNT,
)
from sources.template.savings_sheet import SAVINGS

__all__ = [
    "CONTRACT_VERSION",
    "CONTROL_TOTALS",
    "DEFERRALS",
    "FIRST_FIELD_ROW",
    "FIXED_FIELDS",
    "GRAND_TOTAL",
    "GUIDANCE_SHEET",
    "INVESTMENT",
    "LISTS_SHEET",
    "MONEY_KINDS",
    "MULTIPLE_YEARS",
    "NOT_YET_QUANTIFIED",
    "OLDER_THAN_SAVINGS",
    "PIPELINE",
    "PLAN_CHANGES",
    "PREVIOUS_TEMPLATE_VERSION",
    "PROJECTS",
    "REFERS_TO",
    "RETURN_FIELDS",
    "RETURN_SHEET",
    "RISKS",
    "ROW_COUNT",
    "SAVINGS",
    "SHEETS",
    "SHORTEST_EXPLANATION",
    "SHORTEST_RESTATEMENT_REASON",
    "SIGN_CONVENTION",
    "START_SHEET",
    "TEMPLATE_NAME",
    "TEMPLATE_VERSION",
    "TOTAL_WORDS",
    "Column",
    "Kind",
    "Need",
    "OwnColumn",
    "Sheet",
    "fingerprint",
    "heading",
    "sheet_named",
    "workbook_name",
]

TEMPLATE_NAME = "TRR"
TEMPLATE_VERSION = "2.0"
# The version before the current one is read with a warning; anything older is refused (D02).
PREVIOUS_TEMPLATE_VERSION: str | None = "1.0"
# What a parsed file is filed under together with its hash: a new contract reads files anew.
CONTRACT_VERSION = "2"

SIGN_CONVENTION = "saving_positive"
MULTIPLE_YEARS = "Multiple"
NOT_YET_QUANTIFIED = "Not yet quantified"

# In characters. Shorter than this an explanation names no causes with amounts (D51), and the reason
# for a restatement no reason (D03).
SHORTEST_EXPLANATION = 30
SHORTEST_RESTATEMENT_REASON = 20

GRAND_TOTAL = "grand total"
# A row without a reference that is labelled so is a total: it is compared with its lines, never loaded.
TOTAL_WORDS = frozenset({"total", "totals", "sub-total", "sub-totals", "sub total", "subtotal", GRAND_TOTAL})

START_SHEET = "Start"
LISTS_SHEET = "Lists"
GUIDANCE_SHEET = "Guidance"

SHEETS: tuple[Sheet, ...] = (SAVINGS, DEFERRALS, PROJECTS, INVESTMENT, RISKS, PLAN_CHANGES, PIPELINE)

# Projects that the council inherited, and what paid for them, have older dates than any saving.
OLDER_THAN_SAVINGS = frozenset({PROJECTS.name, INVESTMENT.name})

# Columns that name a row of another sheet, by that row's column of the same name.
REFERS_TO: Mapping[tuple[str, str], Sheet] = {
    (SAVINGS.name, "project_ref"): PROJECTS,
    (SAVINGS.name, "fund_ref"): INVESTMENT,
    (INVESTMENT.name, "project_ref"): PROJECTS,
    (DEFERRALS.name, "saving_ref"): SAVINGS,
    (RISKS.name, "saving_ref"): SAVINGS,
}


def workbook_name(directorate_code: str, year: str, period: str, version_no: int) -> str:
    """Return the name that a return is given; it is a hint only, what counts stands on the Return sheet."""
    return f"{TEMPLATE_NAME}_{directorate_code}_{year.replace('/', '-')}_{period}_v{version_no}.xlsx"


def heading(sheet: str, name: str) -> str:
    """Return what a person calls a column of a sheet, the template's own included, or a label of the Return sheet.

    Raises:
        KeyError: If the template has no such sheet or column.
    """
    columns = RETURN_FIELDS if sheet == RETURN_SHEET else sheet_named(sheet).layout
    return {column.name: column.heading for column in columns}[name]


def sheet_named(name: str) -> Sheet:
    """Return the table sheet of that name.

    Raises:
        KeyError: If the template has no such sheet.
    """
    for sheet in SHEETS:
        if sheet.name == name:
            return sheet
    raise KeyError(f"the template has no sheet {name}")


def fingerprint() -> str:
    """Return a hash of all that decides what a return holds and how it is read; guidance and aliases do not."""
    said = [
        [sheet.name, sheet.table, *sheet.key, str(sheet.is_required), *map(_said, sheet.layout)] for sheet in SHEETS
    ]
    said.append([RETURN_SHEET, str(FIRST_FIELD_ROW), *map(_said, RETURN_FIELDS)])
    return hashlib.sha256("\n".join(map("|".join, said)).encode()).hexdigest()


def _said(column: Column | OwnColumn) -> str:
    if isinstance(column, OwnColumn):
        return f"{column.name};{column.heading}"
    kind = (column.kind.value, column.need.value, column.vocabulary, column.pattern, column.max_length)
    return ";".join(map(str, (column.name, column.heading, *kind, column.is_private)))
