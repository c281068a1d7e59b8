"""The Guidance sheet: how a return is filled in, said by the declaration itself.

Here belongs the text alone. Not here: how it looks in the workbook (``writer``).
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.reference.reference import Reference
from sources.template.declaration import (
    CONTROL_TOTALS,
    RETURN_FIELDS,
    RETURN_SHEET,
    ROW_COUNT,
    SHEETS,
    Column,
    Kind,
    Need,
)

HEADER = ("Sheet", "Column", "What it means", "Fill in", "How")
WORD_HEADER = ("List", "Word", "Meaning")

_NEED = {Need.ALWAYS: "always", Need.CONDITIONAL: "where it applies", Need.OPTIONAL: "if you like"}
_HOW = {
    Kind.TEXT: "text, at most {max_length} characters",
    Kind.NARRATIVE: "text, at most {max_length} characters, no personal data",
    Kind.REF: "a reference",
    Kind.REF_LIST: "codes with weights that add up to 1, as T1:0.6;T2:0.4",
    Kind.LIST: "from the list",
    Kind.YEAR: "as 2021/22",
    Kind.YEAR_OR_MULTIPLE: "as 2021/22, or Multiple",
    Kind.PERIOD: "from the list",
    Kind.DATE: "a date, day first",
    Kind.MONEY: "pounds, whole or with pence, never negative",
    Kind.MONEY_OR_NA: "pounds, whole or with pence, never negative; or N/A",
    Kind.INTEGER: "a whole number",
    Kind.BOOLEAN: "Yes or No",
}

RULES = (
    "Fill in one row per saving and plan year. Do not combine savings, and do not add rows with totals.",
    "Amounts are in pounds, never thousands. A saving is a positive number.",
    "Leave a cell empty where you do not know; enter 0 where there is none. Do not write TBC.",
    "Place each pound of a baseline once: projected, deferred or undeliverable. What is left shows as unexplained.",
    "A projected saving above its baseline does not make up for another line.",
    "To correct an earlier period, send that period again; do not adjust this one.",
    "Name posts, never people, except where the Return sheet asks who signs.",
    "Pale yellow cells are yours. Grey cells fill themselves, and are protected.",
)


def column_rows() -> list[tuple[str, str, str, str, str]]:
    """Return one row of guidance per column, under ``HEADER``, in template order."""
    return [
        (sheet, column.heading, column.guidance, _NEED[column.need], how(column))
        for sheet, columns in ((RETURN_SHEET, RETURN_FIELDS), *((sheet.name, sheet.columns) for sheet in SHEETS))
        for column in columns
    ]


def how(column: Column) -> str:
    """Return how a column's cells are written."""
    if column.name in (ROW_COUNT, *CONTROL_TOTALS):
        return "a formula of the template; leave it"
    return _HOW[column.kind].format(max_length=column.max_length)


def word_rows(reference: Reference, services: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Return every word of the lists with what it means: list, word, meaning."""
    rows = [(list_heading("service"), code, name) for code, name in services]
    for row in reference.tables["vocabulary"]:
        name = "" if row["name"] == row["code"] else row["name"]
        rows.append((list_heading(row["vocabulary"]), row["code"], row["definition"] or name))
    for table in ("theme", "workstream"):
        rows += [(list_heading(table), row["code"], row["name"]) for row in reference.tables[table]]
    return rows


def list_heading(vocabulary: str) -> str:
    """Return what a person calls a list: the heading of the first column that offers it."""
    columns = [*RETURN_FIELDS, *(column for sheet in SHEETS for column in sheet.columns)]
    return next((column.heading for column in columns if column.vocabulary == vocabulary), vocabulary)
