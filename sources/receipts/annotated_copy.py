"""The annotated copy: the sender's own sheets in the receipt's workbook, the cells with findings marked.

Here belongs what is copied, and how a cell is marked. Not here: the list of findings
(``receipt_workbook``), and reading the cells (``reader``).

The copy lies in the sender's own folder and holds what the sender sent, so free text is in it,
which nothing else shows back: an officer has to find their line again. It is a copy more all the
same, so it holds no more than it needs: the template's sheets alone, whatever looks like personal
data masked, and the names of those who prepared and signed left out, since they stay in the ledger.
Nothing is copied of a refused file: it may be another directorate's.

Only values are copied, to the addresses that they had, and all text as text: no formula, link or
number format of the sender's does anything here (F-C17, F-C18). Amounts are shown as the cell holds
them, not as its format did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_cell_to_rowcol
from xlsxwriter.worksheet import Worksheet

from sources.custody.submission import JudgedSubmission
from sources.findings.findings import Finding, Severity
from sources.findings.personal_data import masked
from sources.grammar.money import xml_number
from sources.parsing.return_form import RawForm, find_form
from sources.parsing.sheet_headers import MOST_TITLE_ROWS
from sources.parsing.sheets import sheets_named
from sources.reader.cells import Cell, CellKind, SheetCells, Workbook
from sources.receipts import receipt_words as words
from sources.template.declaration import RETURN_FIELDS, RETURN_SHEET, SHEETS

# Of a larger return only the rows with findings and those that may hold a header are copied: a
# large real one has about 15,000 cells, and the night must not wait for what nobody reads.
MOST_CELLS = 20_000
# Every further finding stands on the sheet Findings alone; Excel opens slowly with more.
MOST_COMMENTS = 500

_LEFT_OUT = "(not copied)"
_LONGEST_TEXT = 32_767  # Excel's own limit
_LARGEST_EXPONENT = 300  # Excel's numbers end at 1E+308
_FILLS = {
    Severity.BLOCK: "#FFC7CE",
    Severity.HOLD: "#FFD8A8",
    Severity.WARN: "#FFEB9C",
    Severity.CERTIFY: "#DDEBF7",
}
_WIDTH = 20

Position = tuple[int, int]  # row and column, from 0
Marks = Mapping[Position, Sequence[Finding]]
FormatOf = Callable[..., Format]


@dataclass(frozen=True)
class CopiedSheet:
    """One of the sender's sheets, to be copied.

    Attributes:
        name: Its name in the copy: the template's, which every sheet that is copied has but for
            spaces and case.
        source: Its cells as they were read.
        marks: The findings by the cells that they name.
        left_out: Cells whose value is not copied.
        is_cut: Whether only its first rows and those with findings are copied.
    """

    name: str
    source: SheetCells
    marks: Marks
    left_out: frozenset[str]
    is_cut: bool

    @property
    def cells(self) -> list[Cell]:
        """The cells that are copied."""
        if not self.is_cut:
            return list(self.source.cells.values())
        rows = {row + 1 for row, _ in self.marks} | set(range(1, MOST_TITLE_ROWS + 2))
        return [cell for cell in self.source.cells.values() if cell.row in rows]


def is_copied(submission: JudgedSubmission) -> bool:
    """Return whether a receipt holds a copy: of what was read as a return, in the folder it was sent from."""
    return not (submission.refusal_code or submission.duplicate_of or submission.overtaken_by)


def copied_sheets(book: Workbook, findings: Iterable[Finding]) -> list[CopiedSheet]:
    """Return the sheets to copy: the template's, as far as they are there and were read."""
    sources = [
        (name, source)
        for name in (RETURN_SHEET, *(sheet.name for sheet in SHEETS))
        for source in sheets_named(book, name)[:1]
    ]
    is_cut = sum(len(source.cells) for _, source in sources) > MOST_CELLS
    marks = _marks(findings, is_cut)
    private = _private(book)
    return [
        CopiedSheet(name, source, marks.get(source.name, {}), private if name == RETURN_SHEET else frozenset(), is_cut)
        for name, source in sources
    ]


def write_copies(book: xlsxwriter.Workbook, sheets: Sequence[CopiedSheet], format_of: FormatOf) -> None:
    """Write the sheets, each under its template name.

    Args:
        book: The receipt's workbook.
        sheets: What to copy.
        format_of: Returns a cell format of the book with these properties.
    """
    comments = 0
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.set_column(0, max((cell.column for cell in sheet.cells), default=1) - 1, _WIDTH)
        for position in sheet.marks:
            page.write_blank(*position, None, format_of(**_marked(sheet, position)))
        for cell in sheet.cells:
            _write(page, cell, cell.ref in sheet.left_out, _marked(sheet, (cell.row - 1, cell.column - 1)), format_of)
        for position, found in list(sheet.marks.items())[: MOST_COMMENTS - comments]:
            page.write_comment(*position, _comment(found), {"x_scale": 3, "y_scale": 1 + len(found)})
            comments += 1


def limits_told(sheets: Sequence[CopiedSheet]) -> list[str]:
    """Return what of the copy was left out for its size, in sentences."""
    told = []
    if any(sheet.is_cut for sheet in sheets):
        told.append("Your return is very large: of each sheet only the first rows and those with findings are copied.")
    if sum(len(sheet.marks) for sheet in sheets) > MOST_COMMENTS:
        told.append(f"Only the first {MOST_COMMENTS} marked cells have a comment; the sheet Findings has every point.")
    return told


def _marks(findings: Iterable[Finding], is_cut: bool) -> dict[str, dict[Position, list[Finding]]]:
    """Return by sheet and cell what was found there; on a copy that is cut, at the first of many alike."""
    marks: dict[str, dict[Position, list[Finding]]] = {}
    for finding in findings:
        for cell in finding.cells[: 1 if is_cut else None]:
            marks.setdefault(finding.sheet, {}).setdefault(xl_cell_to_rowcol(cell), []).append(finding)
    return marks


def _private(book: Workbook) -> frozenset[str]:
    """Return the cells of the Return sheet that name people."""
    form = find_form(book)
    if not isinstance(form, RawForm):
        return frozenset()
    labels = {field.name for field in RETURN_FIELDS if field.is_private}
    places = [*form.addresses.items(), *form.repeated.items()]
    return frozenset(cell for label, cell in places if label in labels)


def _marked(sheet: CopiedSheet, position: Position) -> dict[str, Any]:
    """Return how a cell is marked: the fill of the worst that was found, and a frame for who sees no colour."""
    severities = {finding.severity for finding in sheet.marks.get(position, ())}
    fill = next((colour for severity, colour in _FILLS.items() if severity in severities), None)
    return {"bg_color": fill, "border": 2} if fill else {}


def _comment(found: Sequence[Finding]) -> str:
    sentences = (f"{words.effect(each.severity)}: {words.printable(each.text)}" for each in found)
    return "\n".join(sentences)[:_LONGEST_TEXT]


def _write(page: Worksheet, cell: Cell, is_left_out: bool, marked: dict[str, Any], format_of: FormatOf) -> None:
    """Write a value as what it is; what Excel could not hold as such, as text."""
    row, column = cell.row - 1, cell.column - 1
    number = xml_number(cell.text) if cell.kind is CellKind.NUMBER else None
    day = _day(cell)
    if is_left_out:
        page.write_string(row, column, _LEFT_OUT, format_of(italic=True, **marked))
    elif number is not None and abs(number.adjusted()) < _LARGEST_EXPONENT:
        page.write_number(row, column, number, format_of(**marked))
    elif day is not None:
        page.write_datetime(row, column, day, format_of(num_format="dd/mm/yyyy", **marked))
    elif cell.kind is CellKind.BOOLEAN:
        page.write_boolean(row, column, cell.text == "1", format_of(**marked))
    elif cell.text:
        page.write_string(row, column, _text(cell.text), format_of(num_format="@", **marked))


def _day(cell: Cell) -> date | None:
    """Return the day that a cell holds, if it holds one that Excel can show."""
    try:
        day = date.fromisoformat(cell.text) if cell.kind is CellKind.DATE else None
    except ValueError:
        return None
    return day if day and day > date(1900, 3, 1) else None


def _text(text: str) -> str:
    """Return text with its lines kept, all else that cannot be seen spelled out, and personal data masked."""
    return "\n".join(str(words.printable(line)) for line in masked(text).split("\n"))[:_LONGEST_TEXT]
