"""The data dictionary of the return, for people: each column, what it means and what it takes.

Here belongs the wording. Not here: the same for tools (``table_schema``), the Guidance sheet of the
workbook (``guidance``), and writing the file (``documents``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sources.contract.guidance import how
from sources.contract.row_models import pattern_of
from sources.contract.table_schema import vocabulary_source
from sources.reference.reference import Reference
from sources.template.declaration import (
    RETURN_FIELDS,
    RETURN_SHEET,
    SHEETS,
    TEMPLATE_NAME,
    TEMPLATE_VERSION,
    Column,
    Sheet,
    heading,
)


class Entry(NamedTuple):
    """One column of the dictionary."""

    sheet: str
    heading: str
    column: str
    type: str
    unit: str
    need: str
    allowed: str
    description: str
    aliases: str


_HEADER = ("Heading", "Name", "Type", "Unit", "Need", "Allowed", "Description", "Also read as")
_INTRODUCTION = f"""# Data dictionary of the return

What a directorate sends: template {TEMPLATE_NAME}, version {TEMPLATE_VERSION}. `make generated` writes this page from
the declaration of the template (`sources/template/`) and the bundled reference data: change those, not this
page. `datapackage.json` says the same to tools.
"""
_PRIVATE = " Names a person: it never leaves the ledger."


def entries(reference: Reference) -> list[Entry]:
    """Return one entry per column, in template order."""
    sheets = ((RETURN_SHEET, RETURN_FIELDS), *((sheet.name, sheet.columns) for sheet in SHEETS))
    return [_entry(name, column, reference) for name, columns in sheets for column in columns]


def page(reference: Reference) -> str:
    """Return the dictionary as Markdown, one table per sheet."""
    listed = entries(reference)
    own = {sheet.name: sheet for sheet in SHEETS}
    parts = [_INTRODUCTION]
    for name in dict.fromkeys(entry.sheet for entry in listed):
        parts += [f"## {name}\n", *_about(own.get(name))]
        parts.append(_table([entry[1:] for entry in listed if entry.sheet == name]))
    return "\n".join(parts)


def _entry(sheet: str, column: Column, reference: Reference) -> Entry:
    return Entry(
        sheet=sheet,
        heading=column.heading,
        column=column.name,
        type=column.kind.value,
        unit="GBP" if column.is_money else "",
        need=column.need.value,
        allowed=_allowed(column, reference),
        description=column.guidance + (_PRIVATE if column.is_private else ""),
        aliases=", ".join(column.aliases),
    )


def _allowed(column: Column, reference: Reference) -> str:
    """Return what a column takes: its words, the file that has them, its pattern, or how it is written."""
    words = reference.vocabulary(column.vocabulary or "")
    if words:
        return ", ".join(words)
    source = f" (of `{vocabulary_source(column.vocabulary, reference)}`)" if column.vocabulary else ""
    pattern = f": `{pattern_of(column, reference)}`" if column.pattern else ""
    return f"{how(column)}{pattern}{source}"


def _about(sheet: Sheet | None) -> Iterator[str]:
    if sheet is None:
        yield "One record: a label in column A, its value in column B.\n"
        return
    yield f"One row per {' and '.join(heading(sheet.name, name) for name in sheet.key)}.\n"
    if sheet.own_columns:
        own = ", ".join(column.heading for column in sheet.own_columns)
        yield f"The template's own columns are written, protected and never read: {own}.\n"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [_HEADER, ("---",) * len(_HEADER), *rows]
    return "\n".join(f"| {' | '.join(text.replace('|', chr(92) + '|') for text in line)} |" for line in lines) + "\n"
