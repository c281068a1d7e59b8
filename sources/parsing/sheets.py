"""From a workbook's cells to the tables of a return: which sheet is which, its header, its rows.

Here belongs choosing the sheets, and what refuses a file before a value is read. Not here: the
Return sheet's labels (``return_form``), headers (``sheet_headers``), rows (``sheet_rows``), values
(``readings``).

Source: the decision table of the return specification; D04 to D06, D44.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sources.findings.fault import Fault
from sources.findings.place import Place
from sources.findings.shown import escaped
from sources.findings.words import layout
from sources.grammar.values import normalise_name
from sources.parsing.nearly import nearly
from sources.parsing.rows import RawTable
from sources.parsing.sheet_grid import Grid
from sources.parsing.sheet_headers import find_header, header_row
from sources.parsing.sheet_rows import read_rows
from sources.reader.cells import SheetCells, Workbook
from sources.template.declaration import (
    GUIDANCE_SHEET,
    LISTS_SHEET,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    START_SHEET,
    Sheet,
)

# Twice what the template's own totals reach to. Lines are compared with each other, and a file of
# many thousands would keep the other directorates' waiting.
MOST_ROWS = 2_000
# What is read of a file; a sheet of any other name is only looked at.
READ_SHEETS = (RETURN_SHEET, *(sheet.name for sheet in SHEETS))
_OF_THE_TEMPLATE = (START_SHEET, *READ_SHEETS, LISTS_SHEET, GUIDANCE_SHEET)


@dataclass
class RawTables:
    """What was found of a return's table sheets.

    Attributes:
        tables: By table name, each sheet that is there.
        refusals: Why the file cannot be read as a return; if any, it goes no further.
        findings: What else is to be said.
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    refusals: list[Fault] = field(default_factory=list)
    findings: list[Fault] = field(default_factory=list)


def sheets_named(book: Workbook, name: str, *, visible: bool = True) -> list[SheetCells]:
    """Return the sheets of that name; spaces and case in it make no difference."""
    key = normalise_name(name)
    return [
        sheet for sheet in book.sheets if normalise_name(sheet.name) == key and (sheet.state == "visible") is visible
    ]


def read_tables(book: Workbook, *, is_nil: bool) -> RawTables:
    """Return a workbook's tables; of a Nil return only that its Savings sheet has no rows is looked at."""
    found = RawTables()
    found.findings += _not_read(book)
    found.findings += _hidden_tables(book)
    found.findings += _may_be_struck(book)
    found.refusals += _other_savings_sheets(book)
    for sheet in (SAVINGS,) if is_nil else SHEETS:
        cells = sheets_named(book, sheet.name)
        if len(cells) > 1:
            found.refusals.append(_ambiguous(sheet, [other.name for other in cells]))
        elif cells and Grid(cells[0]).rows:
            _read_sheet(found, sheet, cells[0], is_nil)
        elif sheet.is_required and not is_nil:
            found.refusals.append(_sheet_missing(book, sheet))
    return found


def _read_sheet(found: RawTables, sheet: Sheet, cells: SheetCells, is_nil: bool) -> None:
    grid = Grid(cells)
    header, findings = find_header(grid, sheet)
    if header is not None and sum(row > header.row for row in grid.rows) > MOST_ROWS:
        found.refusals.append(layout.TooManyRows(Place(cells.name), MOST_ROWS))
    elif is_nil:
        if header is not None and read_rows(grid, sheet, header)[0].rows:
            found.refusals.append(layout.NilWithLines(Place(cells.name)))
    elif header is None:
        found.refusals += findings
    else:
        table, remarks = read_rows(grid, sheet, header)
        found.tables[sheet.table] = table
        found.findings += [*findings, *remarks]


def _sheet_missing(book: Workbook, sheet: Sheet) -> Fault:
    hidden = {other.state for other in sheets_named(book, sheet.name, visible=False)}
    if not hidden:
        return layout.SheetMissing(Place(), sheet.name)
    return (layout.SheetHidden if "hidden" in hidden else layout.SheetVeryHidden)(Place(), sheet.name)


def _ambiguous(sheet: Sheet, names: Sequence[str]) -> Fault:
    return layout.SheetTwice(Place(), sheet.name, tuple(f"'{escaped(name)}'" for name in names))


def _other_savings_sheets(book: Workbook) -> Iterator[Fault]:
    """Refuse a second visible sheet with the Savings header, whatever it is called."""
    named = [sheet.name for sheet in sheets_named(book, SAVINGS.name)]
    others = [sheet.name for sheet in _strangers(book) if sheet.state == "visible" and _has_savings_header(sheet)]
    if named and others:
        yield _ambiguous(SAVINGS, [*named, *others])


def _has_savings_header(sheet: SheetCells) -> bool:
    return header_row(Grid(sheet), SAVINGS) is not None


def _strangers(book: Workbook) -> list[SheetCells]:
    keys = set(map(normalise_name, _OF_THE_TEMPLATE))
    return [sheet for sheet in book.sheets if normalise_name(sheet.name) not in keys]


def _hidden_tables(book: Workbook) -> Iterator[Fault]:
    """Refuse rows on a sheet of the template that nobody can see."""
    for sheet in book.sheets:
        if _is_hidden_table(sheet):
            name = escaped(sheet.name)
            is_very = sheet.state == "veryHidden"
            yield (layout.VeryHiddenSheetWithRows if is_very else layout.HiddenSheetWithRows)(Place(name), name)


def _may_be_struck(book: Workbook) -> Iterator[Fault]:
    """Refuse a sheet that is read, where only Excel knows what has a line through it."""
    for name in (RETURN_SHEET, *(sheet.name for sheet in SHEETS)):
        for sheet in sheets_named(book, name):
            if ranges := Grid(sheet).may_be_struck:
                yield layout.MayBeStruck(Place(escaped(sheet.name)), ranges)


def _is_hidden_table(sheet: SheetCells) -> bool:
    of_template = next((each for each in SHEETS if normalise_name(each.name) == normalise_name(sheet.name)), None)
    if of_template is None or sheet.state == "visible":
        return False
    grid = Grid(sheet)
    return any(row > (header_row(grid, of_template) or 0) for row in grid.rows)


def _not_read(book: Workbook) -> Iterator[Fault]:
    """Name each sheet that holds something and is not read: hidden, or none of the template's."""
    strangers = {id(sheet) for sheet in _strangers(book)}
    expected_hidden = normalise_name(LISTS_SHEET)
    for sheet in book.sheets:
        is_hidden = sheet.state != "visible" and normalise_name(sheet.name) != expected_hidden
        if not (is_hidden or id(sheet) in strangers) or not Grid(sheet).rows:
            continue
        name = escaped(sheet.name)
        like = nearly(sheet) if not is_hidden and id(sheet) in strangers else None
        if like is not None:
            yield layout.NearlyASheet(Place(name), name, like)
        elif not _is_hidden_table(sheet):
            yield (layout.HiddenSheetNotRead if is_hidden else layout.OtherSheetNotRead)(Place(name), name)
