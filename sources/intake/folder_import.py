"""A reference workbook put into a folder of CSV files: all of it, or nothing and every reason why not.

Here belongs the course of an import. Not here: what cells stand for (``parsing.folder_book``), when a folder can
be used (``reference``), and putting it in force (``adoption``).
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sources.contract.folder_workbook import START
from sources.findings.unread_files import not_read
from sources.home import set_mode
from sources.parsing.folder_book import SheetOfList, lists_of, other_sheets, rows_of
from sources.reader.cells import Refusal, Workbook
from sources.reader.workbook import ReadingStoppedError, read_cells
from sources.reference.folder_contract import reference_file
from sources.reference.folder_problems import Problem, ReferenceProblem
from sources.reference.folder_reader import SOURCE_LINE, Tables, read_table, read_texts
from sources.reference.folder_writer import write_list
from sources.reference.reference import read_reference

READ_BY_ALL, _FOLDER_FOR_ALL = 0o644, 0o755


class NotAWorkbookError(ValueError):
    """A file that was not read as a workbook; its text says why, and what to do."""


@dataclass(frozen=True)
class Import:
    """What an import did.

    Attributes:
        written: Lists whose files were written; the others say what they said before, and are as they were.
        left_out: Sheets that are no list.
    """

    written: tuple[str, ...]
    left_out: tuple[str, ...]


def read_workbook(path: Path) -> Workbook:
    """Return the cells of a workbook of the council's, read as guardedly as a return.

    Raises:
        NotAWorkbookError: If the file cannot be read, or this machine stopped its reading.
    """
    try:
        book = read_cells(path, path.name)
    except ReadingStoppedError as problem:
        raise NotAWorkbookError(f"{path.name}: {problem}. Try again.") from problem
    if isinstance(book, Refusal):
        raise NotAWorkbookError(f"{not_read(book).in_words().wrong} Save it as an Excel Workbook (.xlsx).")
    return book


def import_workbook(path: Path, folder: Path) -> Import:
    """Write the lists of a workbook as the CSV files of a folder, which is made if it is not there.

    A file whose list says what it said before is not touched. Files are replaced one by one: after a kill,
    import again.

    Raises:
        NotAWorkbookError: If the file cannot be read.
        ReferenceProblem: If its lists cannot be used; it lists all that is wrong. Nothing was written then.
    """
    book = read_workbook(path)
    lists, problems = lists_of(book)
    if problems:
        raise ReferenceProblem(path, problems)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".reference.") as name:
        made = Path(name)
        for each in lists.values():
            write_list(made, each.name, rows_of(each), each.columns)
        tables = _checked(made, lists, path)
        for each in lists.values():  # without the empty rows, which kept the numbers of the rows
            write_list(made, each.name, each.rows.values(), _columns(each))
        changed = tuple(name for name in lists if not _says_the_same(folder, made, name, tables))
        folder.mkdir(exist_ok=True)
        set_mode(folder, _FOLDER_FOR_ALL)
        for each_name in changed:
            set_mode(made / f"{each_name}.csv", READ_BY_ALL)
            (made / f"{each_name}.csv").replace(folder / f"{each_name}.csv")
    return Import(changed, tuple(other_sheets(book, (START,))))


def _checked(made: Path, lists: Mapping[str, SheetOfList], path: Path) -> Tables:
    """Return the typed rows of the lists.

    Raises:
        ReferenceProblem: If they cannot be used; each problem names its cell.
    """
    try:
        return read_reference(made).tables
    except ReferenceProblem as problem:
        raise ReferenceProblem(path, [_in_workbook(each, lists) for each in problem.problems]) from None


def _in_workbook(problem: Problem, lists: Mapping[str, SheetOfList]) -> Problem:
    name = problem.file.removesuffix(".csv")
    if name not in lists:
        return problem
    row = _row_of(lists[name], problem.line)
    return replace(problem, line=row, cell=lists[name].cell(row, problem.column))


def _row_of(found: SheetOfList, line: int) -> int:
    """Return the row of the sheet whose text begins on a line of the file."""
    at = 1
    for row, texts in enumerate((dict[str, str](), *rows_of(found)), start=1):
        if at >= line:
            return row if line else 0
        at += 1 + sum(text.count("\n") for text in texts.values())
    return line


def _columns(found: SheetOfList) -> Sequence[str]:
    """Return the columns that a file needs: one that may be missing and holds nothing is left out."""
    optional = {field.name for field in reference_file(found.name).fields if field.default is not None}
    filled = {name for row in found.rows.values() for name, text in row.items() if text}
    return [name for name in found.columns if name not in optional or name in filled]


def _says_the_same(folder: Path, made: Path, name: str, tables: Tables) -> bool:
    """Return whether a list's file in the folder says what the workbook says, however it is written."""
    file = reference_file(name)
    if not (folder / f"{name}.csv").is_file():
        return False
    rows, problems = read_table(folder, file)
    if problems or _without_lines(rows) != _without_lines(tables[name]):
        return False
    return _own_columns(folder, name) == _own_columns(made, name)


def _without_lines(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != SOURCE_LINE} for row in rows]


def _own_columns(folder: Path, name: str) -> list[dict[str, str]]:
    """Return what the columns hold that are the council's own."""
    file = reference_file(name)
    known = {field.name for field in file.fields}
    columns, rows = read_texts(folder, file)
    own = [column for column in columns if column not in known]
    return [{column: row.get(column, "") for column in own} for row in rows] if own else []
