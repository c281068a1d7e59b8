"""From a workbook's cells to the tables of a return: which sheet is which, its header, its rows.

Here belongs choosing the sheets, and what refuses a file before a value is read. Not here: the
Return sheet's labels (``return_form``), headers (``sheet_headers``), rows (``sheet_rows``), values
(``readings``).

Source: the decision table of the return specification; D04 to D06, D44.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sources.findings.findings import Finding
from sources.findings.wording import Place, block, escaped, warn
from sources.grammar.values import normalise_name
from sources.parsing.nearly import nearly
from sources.parsing.rows import RawTable
from sources.parsing.sheet_grid import Grid
from sources.parsing.sheet_headers import find_header, header_row
from sources.parsing.sheet_rows import read_rows
from sources.reader.cells import SheetCells, Workbook
from sources.template.declaration import GUIDANCE_SHEET, LISTS_SHEET, RETURN_SHEET, SAVINGS, SHEETS, Sheet

# Twice what the template's own totals reach to. Lines are compared with each other, and a file of
# many thousands would keep the other directorates' waiting.
MOST_ROWS = 2_000
# What is read of a file; a sheet of any other name is only looked at.
READ_SHEETS = (RETURN_SHEET, *(sheet.name for sheet in SHEETS))
_OF_THE_TEMPLATE = (*READ_SHEETS, LISTS_SHEET, GUIDANCE_SHEET)


@dataclass
class RawTables:
    """What was found of a return's table sheets.

    Attributes:
        tables: By table name, each sheet that is there.
        refusals: Why the file cannot be read as a return; if any, it goes no further.
        findings: What else is to be said.
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    refusals: list[Finding] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


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
        found.refusals.append(_too_many_rows(cells.name))
    elif is_nil:
        if header is not None and read_rows(grid, sheet, header)[0].rows:
            found.refusals.append(_nil_with_lines(cells.name))
    elif header is None:
        found.refusals += findings
    else:
        table, remarks = read_rows(grid, sheet, header)
        found.tables[sheet.table] = table
        found.findings += [*findings, *remarks]


def _sheet_missing(book: Workbook, sheet: Sheet) -> Finding:
    wrong = f"the workbook has no visible sheet '{sheet.name}' with a header"
    remedy = f"Name the sheet {sheet.name}, as in the template."
    if sheets_named(book, sheet.name, visible=False):
        remedy = f"Unhide the sheet {sheet.name}."
    return block("D04", Place(), wrong, remedy, "sheet-missing")


def _ambiguous(sheet: Sheet, names: Sequence[str]) -> Finding:
    shown = ", ".join(f"'{escaped(name)}'" for name in names)
    wrong = f"several visible sheets could be {sheet.name} ({shown})"
    return block("D04", Place(), wrong, "Keep one of them, so that no line is counted twice.", "sheet-ambiguous")


def _too_many_rows(name: str) -> Finding:
    wrong = f"more than {MOST_ROWS:,} rows stand under the column names"
    remedy = "A return has far fewer: delete the rows that are no lines."
    return block("D04", Place(name), wrong, remedy, "too-much-content")


def _nil_with_lines(name: str) -> Finding:
    wrong = "a Nil return says that there are no lines, but this sheet has some"
    remedy = "Delete the lines, or choose another return_type."
    return block("D04", Place(name), wrong, remedy, "nil-with-lines")


def _other_savings_sheets(book: Workbook) -> Iterator[Finding]:
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


def _hidden_tables(book: Workbook) -> Iterator[Finding]:
    """Refuse rows on a sheet of the template that nobody can see."""
    for sheet in book.sheets:
        if _is_hidden_table(sheet):
            wrong = f"the sheet '{escaped(sheet.name)}' is hidden ({sheet.state}) and holds rows"
            yield block("D04", Place(escaped(sheet.name)), wrong, "Unhide it, or delete its rows.", "sheet-hidden")


def _is_hidden_table(sheet: SheetCells) -> bool:
    of_template = next((each for each in SHEETS if normalise_name(each.name) == normalise_name(sheet.name)), None)
    if of_template is None or sheet.state == "visible":
        return False
    grid = Grid(sheet)
    return any(row > (header_row(grid, of_template) or 0) for row in grid.rows)


def _not_read(book: Workbook) -> Iterator[Finding]:
    """Name each sheet that holds something and is not read: hidden, or none of the template's."""
    strangers = {id(sheet) for sheet in _strangers(book)}
    expected_hidden = normalise_name(LISTS_SHEET)
    for sheet in book.sheets:
        is_hidden = sheet.state != "visible" and normalise_name(sheet.name) != expected_hidden
        if not (is_hidden or id(sheet) in strangers) or not Grid(sheet).rows:
            continue
        like = nearly(sheet) if not is_hidden and id(sheet) in strangers else None
        if like is not None:
            wrong = f"the sheet '{escaped(sheet.name)}' is nearly {like} of the template, and was not read"
            remedy = f"Move its rows to the sheet {like}, or give it another name and other column names."
            yield block("D04", Place(escaped(sheet.name)), wrong, remedy, "sheet-nearly-named")
        elif not _is_hidden_table(sheet):
            why = f"is hidden ({sheet.state})" if is_hidden else "is none of the template's"
            wrong = f"the sheet '{escaped(sheet.name)}' {why} and was not read"
            yield warn(
                "D44", Place(escaped(sheet.name)), wrong, "Delete it, or move what counts to the template's sheets."
            )
