"""From a reference folder's bytes to typed rows, or to every reason why not.

Here belongs what one row and one file must be: strict UTF-8, the headers, keys that are unique and
validity that does not overlap. Not here: what one cell must be (``folder_cells``), what files must be
to each other (``folder_checks``) and questions about them (``reference``).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sources.reference.folder_cells import NotTypedError, Value, typed
from sources.reference.folder_contract import REFERENCE_FILES, Field, FieldKind, ReferenceFile
from sources.reference.folder_problems import Problem

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
# Where in its file a row begins; carried by every row, so that a later check can name it.
SOURCE_LINE = "source_line"
# What some spreadsheets put between the cells of a CSV file.
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_OTHER_SEPARATOR = re.compile(r"[;\t|]")


class NotCsvError(ValueError):
    """A record cannot be split into cells; ``line`` is where it begins."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


def read_tables(folder: Path) -> tuple[dict[str, list[Row]], list[Problem]]:
    """Return the typed rows of every file under contract by name, and all that is wrong with them."""
    tables: dict[str, list[Row]] = {}
    problems: list[Problem] = []
    for file in REFERENCE_FILES:
        rows, wrong = read_table(folder, file)
        tables[file.name] = rows
        problems += wrong
    return tables, problems


def read_table(folder: Path, file: ReferenceFile) -> tuple[list[Row], list[Problem]]:
    """Return one file's typed rows, in file order, and all that is wrong with it.

    A row that has a problem is left out, so that nothing is said twice.
    """
    name = f"{file.name}.csv"
    try:
        records = _records((folder / name).read_bytes())
        header_line, header = next(records, (1, []))
        width, header = len(header), _without_empty_end(header)
        problems = _header_problems(file, header_line, header)
        if problems:
            return [], problems
        rows: list[Row] = []
        for line, cells in records:
            # What a spreadsheet adds to the header it adds to the rows; any other cell too many is a comma of a text.
            cells = _without_empty_end(cells, at_least=len(header)) if len(cells) <= width else cells
            row, wrong = _typed_row(file, header, line, cells)
            problems += wrong
            if not wrong:
                rows.append(row)
    except FileNotFoundError:
        return [], [
            Problem(name, 0, "", "the file is missing", "Put it there; a list without rows is its header alone")
        ]
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        return [], [Problem(name, 0, "", what, "Put a file there that the service may read")]
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return [], [Problem(name, line, "", "the text is not UTF-8", "Save the file as CSV UTF-8")]
    except NotCsvError as error:
        return [], [Problem(name, error.line, "", f"it is not a CSV file ({error})", "Save the file as CSV UTF-8")]
    return rows, problems + _duplicate_keys(file, rows) + _alike_but_for_case(file, rows) + _overlaps(file, rows)


def read_texts(folder: Path, file: ReferenceFile) -> tuple[list[str], list[dict[str, str]]]:
    """Return the columns of a file that can be used, the council's own with them, and its rows as written."""
    records = _records((folder / f"{file.name}.csv").read_bytes())
    header = _without_empty_end(next(records)[1])
    return header, [dict(zip(header, cells, strict=False)) for _, cells in records]


def _records(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line it begins on; a spreadsheet's byte-order mark and empty rows are no part of it.

    Raises:
        UnicodeDecodeError: If the bytes are not UTF-8.
        NotCsvError: If quotes do not close, or the like.
    """
    reader = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise NotCsvError(str(error), line) from error


def _without_empty_end(cells: Sequence[str], at_least: int = 0) -> list[str]:
    """Return cells without the empty ones at their end, which a spreadsheet adds; so many are left in any case."""
    filled = max((place for place, cell in enumerate(cells, start=1) if cell), default=0)
    return list(cells[: max(filled, at_least)])


def _header_problems(file: ReferenceFile, line: int, header: Sequence[str]) -> list[Problem]:
    name = f"{file.name}.csv"
    wanted = [field.name for field in file.fields if field.default is None]
    if len(header) == 1 and (found := _OTHER_SEPARATOR.search(header[0])):
        what = f"the cells are separated by {_SEPARATORS[found[0]]}, not by commas"
        return [Problem(name, line, "", what, "Save the file as CSV UTF-8 with commas")]
    missing = [
        Problem(name, line, column, "the column is missing", f"The header must have {', '.join(wanted)}")
        for column in wanted
        if column not in header
    ]
    twice = sorted({column for column in header if header.count(column) > 1})
    return missing + [Problem(name, line, column, "the column is there twice", "Keep one of them") for column in twice]


def _typed_row(
    file: ReferenceFile, header: Sequence[str], line: int, cells: Sequence[str]
) -> tuple[dict[str, Any], list[Problem]]:
    name = f"{file.name}.csv"
    if len(cells) != len(header):
        what = f"the row has {len(cells)} cells and the header {len(header)}"
        return {}, [Problem(name, line, "", what, "Put text that holds a comma in double quotes")]
    texts = dict(zip(header, cells, strict=True))
    row: dict[str, Any] = {SOURCE_LINE: line}
    problems = []
    for field in file.fields:
        try:
            row[field.name] = _typed_cell(field, texts.get(field.name, field.default or ""))
        except NotTypedError as error:
            problems.append(Problem(name, line, field.name, str(error), error.remedy))
    return row, problems


def _typed_cell(field: Field, text: str) -> Value | None:
    if text:
        return typed(field.kind, text)
    if field.is_required:
        raise NotTypedError("the cell is empty", "Fill it in")
    return None


def _duplicate_keys(file: ReferenceFile, rows: Sequence[Row]) -> list[Problem]:
    first: dict[tuple[Any, ...], int] = {}
    problems = []
    for row in rows:
        key = tuple(row[column] for column in file.key)
        line = first.setdefault(key, row[SOURCE_LINE])
        if line != row[SOURCE_LINE]:
            what = f"'{' '.join(map(str, key))}' is already on line {line}"
            problems.append(
                Problem(f"{file.name}.csv", row[SOURCE_LINE], file.key[0], what, "Keep one of the two rows")
            )
    return problems


def _alike_but_for_case(file: ReferenceFile, rows: Sequence[Row]) -> list[Problem]:
    """Return the codes that differ from an earlier one in capitals alone: a share takes their folders for one."""
    problems = []
    for column in (field.name for field in file.fields if field.kind is FieldKind.CODE):
        first: dict[str, Row] = {}
        for row in rows:
            before = first.setdefault(row[column].lower(), row)
            if before[column] != row[column]:
                what = f"'{row[column]}' and '{before[column]}' on line {before[SOURCE_LINE]} differ in capitals alone"
                problems.append(
                    Problem(
                        f"{file.name}.csv", row[SOURCE_LINE], column, what, "Write one code one way, or choose another"
                    )
                )
    return problems


def _overlaps(file: ReferenceFile, rows: Sequence[Row]) -> list[Problem]:
    """Return where a dated row holds on a day that another of the same thing holds, or on no day."""
    if "valid_from" not in file.key:
        return []
    name = f"{file.name}.csv"
    problems = []
    last: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: row["valid_from"]):
        thing = tuple(row[column] for column in file.key if column != "valid_from")
        before = last.get(thing)
        if before and (before["valid_to"] is None or before["valid_to"] >= row["valid_from"]):
            what = f"the row holds on days on which line {before[SOURCE_LINE]} holds for {' '.join(thing)}"
            remedy = "End the earlier row (valid_to, its last day) before the later one begins"
            problems.append(Problem(name, row[SOURCE_LINE], "valid_from", what, remedy))
        if row["valid_to"] and row["valid_to"] < row["valid_from"]:
            what = f"{row['valid_to']} is before {row['valid_from']}"
            problems.append(Problem(name, row[SOURCE_LINE], "valid_to", what, "Write the last day on which it holds"))
        last[thing] = row
    return problems
