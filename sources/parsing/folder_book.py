"""From a reference workbook's cells to the rows of its lists, as CSV files have them, or to every reason why not.

Here belongs what a sheet must have and which text a cell stands for. Not here: writing such a workbook
(``contract.folder_workbook``), what a text must be and what lists must be to each other (``reference``), and
putting the lists into a folder (``intake.folder_import``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sources.grammar.money import xml_number
from sources.grammar.names import parse_text
from sources.grammar.parsed import NotParsed
from sources.reader.cells import Cell, CellKind, SheetCells, Workbook, address, name_key
from sources.reference.folder_contract import REFERENCE_FILES, Field, FieldKind, ReferenceFile
from sources.reference.folder_problems import Problem

_HEADER_ROW = 1
_NUMBERS = frozenset({FieldKind.MONEY, FieldKind.DECIMAL, FieldKind.INTEGER})
_TYPE_AGAIN = "Format the cell as {kind}, and type it again"


class _NotReadError(ValueError):
    """A cell stands for no text; ``remedy`` says how to correct it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


@dataclass(frozen=True)
class SheetOfList:
    """A list as a workbook has it.

    Attributes:
        name: Name of the list.
        columns: Its columns in the order of the sheet, the council's own with them.
        rows: By the row of the sheet, the texts by column.
        places: Column of the sheet, from 1, by name.
    """

    name: str
    columns: Sequence[str]
    rows: Mapping[int, Mapping[str, str]]
    places: Mapping[str, int]

    def cell(self, row: int, column: str) -> str:
        """Return a cell's address with its sheet; the sheet alone where it is about none."""
        return f"{self.name}!{address(row, self.places[column])}" if row and column in self.places else self.name


def lists_of(book: Workbook) -> tuple[dict[str, SheetOfList], list[Problem]]:
    """Return by name each list that can be read, and all that is wrong with sheets and cells."""
    sheets = {name_key(sheet.name): sheet for sheet in book.sheets}
    found: dict[str, SheetOfList] = {}
    problems: list[Problem] = []
    for file in REFERENCE_FILES:
        sheet = sheets.get(file.name)
        if sheet is None:
            what, remedy = "the sheet is missing", "Put it back; a list without rows is its headings alone"
            problems.append(Problem(file.name, 0, "", what, remedy, f"sheet {file.name}"))
            continue
        found[file.name], wrong = _list_of(sheet, file)
        problems += wrong
    return found, problems


def other_sheets(book: Workbook, known: Sequence[str]) -> list[str]:
    """Return the names of the sheets that are no list, for nothing of them is taken."""
    lists = {file.name for file in REFERENCE_FILES} | {name_key(name) for name in known}
    return [sheet.name for sheet in book.sheets if name_key(sheet.name) not in lists and sheet.cells]


def _list_of(sheet: SheetCells, file: ReferenceFile) -> tuple[SheetOfList, list[Problem]]:
    places, problems = _headings(sheet, file)
    fields = {field.name: field for field in file.fields}
    rows: dict[int, dict[str, str]] = {}
    names = {place: name for name, place in places.items()}
    for (row, column), cell in sorted(sheet.cells.items()):
        if row == _HEADER_ROW or (cell.kind is CellKind.TEXT and not cell.text):
            continue
        at = f"{file.name}!{cell.ref}"
        if column not in names:
            what = "the cell has no heading above it"
            problems.append(Problem(file.name, row, "", what, "Clear it, or give the column a heading", at))
            continue
        name = names[column]
        try:
            text = _text_of(cell, fields.get(name, Field(name)))
        except _NotReadError as error:
            problems.append(Problem(file.name, row, name, str(error), error.remedy, at))
            text = ""
        rows.setdefault(row, {})[name] = text
    return SheetOfList(file.name, list(places), rows, places), problems


def _headings(sheet: SheetCells, file: ReferenceFile) -> tuple[dict[str, int], list[Problem]]:
    """Return the place of each column by its heading, and what is wrong with the headings."""
    places: dict[str, int] = {}
    problems: list[Problem] = []
    cells = sorted((column, cell) for (row, column), cell in sheet.cells.items() if row == _HEADER_ROW and cell.text)
    for column, cell in cells:
        if cell.text in places:
            at = f"{file.name}!{cell.ref}"
            problems.append(Problem(file.name, _HEADER_ROW, cell.text, "the column is there twice", "Keep one", at))
        places.setdefault(cell.text, column)
    for field in file.fields:
        if field.name not in places and field.default is None:
            what, remedy = "the column is missing", "Put its heading back into row 1"
            problems.append(Problem(file.name, 0, field.name, what, remedy, f"sheet {file.name}"))
    return places, problems


def _text_of(cell: Cell, field: Field) -> str:
    """Return what a CSV file has for a cell.

    Raises:
        _NotReadError: If that is not certain.
    """
    if cell.kind is CellKind.ERROR:
        raise _NotReadError(f"the cell shows {cell.text}", "Type the value")
    if cell.is_linked:
        raise _NotReadError("the value is taken from another workbook", "Type the value")
    if cell.is_uncalculated:
        raise _NotReadError("the formula has no result yet", "Open the workbook, and save it again")
    if cell.is_struck:
        raise _NotReadError("the text has a line through it", "Take the line off, or delete the row")
    if field.kind in _NUMBERS:
        return _number(cell)
    if field.kind is FieldKind.DATE:
        return _day(cell)
    if field.kind is FieldKind.BOOLEAN and cell.kind is CellKind.BOOLEAN:
        return "true" if cell.text == "1" else "false"
    return _text(cell)


def _number(cell: Cell) -> str:
    number = xml_number(cell.text) if cell.kind is CellKind.NUMBER else None
    if number is None:
        raise _NotReadError(f"'{cell.text}' is no number", _TYPE_AGAIN.format(kind="Number"))
    return f"{number.normalize() + 0:f}"


def _day(cell: Cell) -> str:
    if cell.kind is not CellKind.DATE:
        raise _NotReadError(f"'{cell.text}' is no date", _TYPE_AGAIN.format(kind="Date"))
    try:
        return date.fromisoformat(cell.text).isoformat()
    except ValueError:
        raise _NotReadError(f"'{cell.text}' has a time of day", "Type the date alone") from None


def _text(cell: Cell) -> str:
    if cell.kind is CellKind.TEXT:
        return cell.text
    read = parse_text(cell) if cell.kind is CellKind.NUMBER else None
    if read is None or isinstance(read, NotParsed) or read.value is None:
        raise _NotReadError(f"'{cell.text}' is not text", _TYPE_AGAIN.format(kind="Text"))
    return read.value


def rows_of(found: SheetOfList) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a list down to the last, an empty one where the sheet has one, so that numbers agree."""
    for row in range(_HEADER_ROW + 1, max(found.rows, default=_HEADER_ROW) + 1):
        yield found.rows.get(row, {})
