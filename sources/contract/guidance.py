"""The Guidance sheet: how a return is filled in, said by the declaration itself.

Here belongs the text alone. Not here: how it looks in the workbook (``writer``).
"""

from __future__ import annotations

from collections.abc import Sequence

from sources.reference.patterns import example_of
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

HEADER = ("Sheet", "Column", "What to enter", "Fill in")
WORD_HEADER = ("List", "Word", "Meaning")

_NEED = {Need.ALWAYS: "always", Need.CONDITIONAL: "where it applies", Need.OPTIONAL: "if you want to"}
_HOW = {
    Kind.TEXT: "text of up to {max_length:,} characters",
    Kind.NARRATIVE: "text of up to {max_length:,} characters, without personal data",
    Kind.REF: "a reference",
    Kind.REF_LIST: "codes from the list on the Guidance sheet; the shares of several add up to 1",
    Kind.LIST: "a word from the list",
    Kind.YEAR: "a year such as 2026/27",
    Kind.YEAR_OR_MULTIPLE: "a year such as 2026/27, or Multiple",
    Kind.PERIOD: "a period from the list",
    Kind.DATE: "a date with the day first, such as 30/09/2021",
    Kind.MONEY: "pounds as a number, such as 1234 or 1234.50",
    Kind.MONEY_OR_NA: "pounds as a number, such as 1234 or 1234.50, or N/A",
    Kind.INTEGER: "a whole number, such as 3",
    Kind.BOOLEAN: "Yes or No",
}
_BY_FORMULA = "a formula of the template"

RULES = (
    "Use one row per saving and plan year. Do not combine savings, and do not add rows with totals.",
    "Enter amounts in pounds, never in thousands. A saving is a positive number.",
    "Enter a date with the day first, such as 30/09/2021, and a year such as 2026/27.",
    "Leave a cell empty if you do not know the amount. Enter 0 if there is none. Do not write TBC.",
    "Count each pound of a baseline once: as projected, deferred or undeliverable. Unexplained shows what is left.",
    "If you expect to save more than a baseline, explain why. The extra does not make up for another saving.",
    "Explanations, notes and other long texts can have up to 2,000 characters. Do not enter personal data.",
    "To correct an earlier period, send that period again. Do not adjust this one.",
    "Enter posts, not people's names, except where the Return sheet asks for a name.",
    "Pale yellow cells are yours to fill in. Grey cells fill themselves in, and you cannot change them. "
    "A cell turns red if it has something to correct.",
    "You can filter every sheet, and sort every sheet but Savings. To sort Savings, choose Review, then "
    "Unprotect Sheet: there is no password.",
)


def guidance_on(column: Column, reference: Reference, directorate: str | None) -> str:
    """Return what is to be known of a column, with an example of the references that the council has in it.

    Args:
        column: The column.
        reference: Has the pattern of its references.
        directorate: Whose references they are; None while that is not known.
    """
    example = example_of(reference.setting(column.pattern), directorate) if column.pattern else ""
    return f"{column.guidance} It looks like {example}." if example else column.guidance


def column_rows(reference: Reference, directorate: str) -> list[tuple[str, str, str, str]]:
    """Return one row of guidance per column, under ``HEADER``, in template order."""
    return [
        (sheet, column.heading, guidance_on(column, reference, directorate), _NEED[column.need])
        for sheet, columns in ((RETURN_SHEET, RETURN_FIELDS), *((sheet.name, sheet.columns) for sheet in SHEETS))
        for column in columns
    ]


def what_to_enter(column: Column, reference: Reference, directorate: str) -> str:
    """Return what a column means and how its cells are written: what a person reads at the cell itself."""
    guidance = guidance_on(column, reference, directorate)
    return guidance if how(column) == _BY_FORMULA else f"{guidance} Enter {how(column)}."


def how(column: Column) -> str:
    """Return how a column's cells are written."""
    if column.name in (ROW_COUNT, *CONTROL_TOTALS):
        return _BY_FORMULA
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
