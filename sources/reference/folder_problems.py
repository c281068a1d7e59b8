"""What is wrong with a reference folder, said so that whoever keeps it can put it right.

Here belongs the form of a problem and how many are told together. Not here: finding them (``folder_reader``,
``folder_checks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

# Of the lines with one cause so many are named.
_MOST_LINES = 5


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a reference folder.

    Attributes:
        file: File name, with ``.csv``.
        line: Line of the file, the header being 1; 0 when it is about the whole file.
        column: Column name; empty when it is about no single column.
        what: What is wrong, with the value.
        remedy: How to correct it.
        cell: Where it is in a workbook, ``approved_plan!E4``, where the folder comes from one.
    """

    file: str
    line: int
    column: str
    what: str
    remedy: str
    cell: str = ""

    def __str__(self) -> str:
        place = self.cell or self.file + (f", line {self.line}" if self.line else "")
        return f"{place}{f', {self.column}' if self.column else ''}: {self.what}. {self.remedy}."


class ReferenceProblem(Exception):  # noqa: N818  (it carries several problems, none of which is an error of the code)
    """A reference folder, or a workbook of one, cannot be used; it says everything that is wrong, at once."""

    def __init__(self, folder: Path, problems: Sequence[Problem]) -> None:
        self.folder = folder
        self.problems = tuple(problems)
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        kind = "workbook" if folder.suffix == ".xlsx" else "folder"
        super().__init__("\n".join([f"{count} in the reference {kind} {folder}:", *causes(problems)]))


def causes(problems: Iterable[Problem]) -> list[str]:
    """Return a line per cause: what is wrong the same way in many rows of a column is said once, with the rows.

    What is about a whole file has no row to look at, so each is said.
    """
    alike: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        itself = "" if problem.line else problem.what
        alike.setdefault((problem.file, problem.column, problem.remedy, itself), []).append(problem)
    return [f"{first}{_also(others)}" for first, *others in alike.values()]


def _also(others: Sequence[Problem]) -> str:
    if not others:
        return ""
    lines = ", ".join(str(other.line) for other in others[:_MOST_LINES])
    more = " and so on" if others[_MOST_LINES:] else ""
    return f" The same on {len(others)} more line{'s' if len(others) > 1 else ''}: {lines}{more}."
