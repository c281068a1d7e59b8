"""What the checks between files share: a problem of a row, and a value that has to be in a list.

Here belongs that alone. Not here: the checks (``folder_checks``, ``folder_claims``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sources.reference.folder_problems import Problem
from sources.reference.folder_reader import SOURCE_LINE, Row, Tables


def in_row(file: str, row: Row, column: str, what: str, remedy: str) -> Problem:
    """Return what is wrong with a cell of a row of a file."""
    return Problem(f"{file}.csv", row[SOURCE_LINE], column, what, remedy)


def unknown(tables: Tables, file: str, column: str, known: Collection[Any], where: str) -> Iterator[Problem]:
    """Yield each value of a column that is not known where it has to be."""
    for row in tables[file]:
        if row[column] is not None and row[column] not in known:
            yield in_row(file, row, column, f"'{row[column]}' is not in {where}", "Add it there, or correct this cell")
