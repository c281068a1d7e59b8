"""The reference workbook: a reference folder as one workbook, a sheet per list.

Here belongs how it is laid out. Not here: the contract of the folder (``reference.folder_contract``), the live
checks (``folder_live``), and reading a workbook back (``parsing.folder_book``).

A cell shows what the CSV file has, so that a sheet that a spreadsheet saves as CSV is read too: pounds without
commas, ``true`` and ``false``, dates as 2021-09-30.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from sources.contract import looks
from sources.contract.cells import TEXT_FORMAT, write_array, write_formula, write_value
from sources.contract.folder_live import is_wrong
from sources.contract.heights import height, lines_needed
from sources.contract.paper import Paper, written_to
from sources.contract.places import FIRST_ROW
from sources.reference.folder_cells import typed, written
from sources.reference.folder_checks import FOREIGN
from sources.reference.folder_contract import REFERENCE_FILES, Field, FieldKind, ReferenceFile
from sources.reference.folder_reader import read_texts
from sources.reference.folder_required import NEEDED_LISTS, OPTIONAL_LISTS
from sources.reference.folder_words import COLUMNS, LISTS
from sources.reference.plan import CHANGE_TYPES
from sources.reference.reference import Reference

START = "Start"
TITLE = "Reference data"
# Rows of each list that drop-downs and live checks reach to, beyond those that are filled.
_SPARE_ROWS = 500
# Excel's own limits.
EXCEL_DIGITS, _LONGEST_TEXT = 15, 32_767
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
_LEAST_WIDTH, _MOST_WIDTH = 12, 44
_START_WIDTHS = (22, 46, 62, 9, 13)
_HEADINGS = ("List", "What it holds", "If it is empty", "Rows", "To correct")
_FORMATS = {FieldKind.MONEY: "0.00", FieldKind.DECIMAL: "General", FieldKind.INTEGER: "0", FieldKind.DATE: "yyyy-mm-dd"}
_PERIODS = tuple(f"P{number:02d}" for number in range(14))
_LIMITS: Mapping[FieldKind, Mapping[str, object]] = {
    FieldKind.MONEY: {"validate": "decimal", "criteria": ">", "value": -(10**12)},
    FieldKind.DECIMAL: {"validate": "decimal", "criteria": ">", "value": -(10**12)},
    FieldKind.INTEGER: {"validate": "integer", "criteria": ">", "value": -(10**9)},
    FieldKind.BOOLEAN: {"validate": "list", "source": ["true", "false"]},
    FieldKind.PERIOD: {"validate": "list", "source": list(_PERIODS)},
}
_STEPS = (
    "Each sheet is a list, and each row below its headings an entry. Choose a cell to see what belongs there.",
    "Add, change or delete rows. A red cell has something wrong with it; the table below counts them.",
    "Save the workbook as .xlsx. `savings reference import` writes the lists from it, or names each cell to correct.",
)


@dataclass
class FolderBook(Paper):
    """The workbook of a reference folder while it is written.

    Attributes:
        reference: The folder, checked.
    """

    reference: Reference

    @property
    def council(self) -> str:
        """Whose lists they are."""
        return self.reference.setting("council_name") or "your council"

    @cached_property
    def texts(self) -> Mapping[str, tuple[list[str], list[dict[str, str]]]]:
        """By list its columns and rows as they are written; the council's own columns come last."""
        found = {}
        for file in REFERENCE_FILES:
            header, rows = read_texts(self.reference.folder, file)
            names = [field.name for field in file.fields]
            found[file.name] = [*names, *(name for name in header if name not in names)], rows
        return found

    def last_row(self, name: str) -> int:
        """Return the last row of a list that is looked at, as Excel shows it."""
        return len(self.texts[name][1]) + FIRST_ROW + _SPARE_ROWS

    def range_of(self, name: str, column: str) -> str:
        """Return the cells of a list's column."""
        at = xl_col_to_name(self.texts[name][0].index(column))
        return f"{name}!${at}${FIRST_ROW}:${at}${self.last_row(name)}"


def write_folder_workbook(path: Path, reference: Reference) -> None:
    """Write the workbook of a reference folder; a file that is there is replaced."""
    with written_to(path) as file:
        book = FolderBook(file, reference)
        book.set_title(f"{TITLE} of {book.council}")
        start = book.add_page(START, _footer(book), header_row=0, pages_high=1)
        for each in REFERENCE_FILES:
            _write_list(book, each)
        _write_start(book, start)


def _footer(book: FolderBook) -> str:
    return f"{TITLE} of {book.council}"


def _write_start(book: FolderBook, sheet: Worksheet) -> None:
    sheet.hide_gridlines(2)
    sheet.set_tab_color(looks.START_TAB)
    for index, width in enumerate(_START_WIDTHS):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, f"{TITLE} of {book.council}", book.format(looks.TITLE))
    sheet.set_row(0, looks.TITLE_HEIGHT)
    row = 1
    for number, step in enumerate(_STEPS, start=1):
        row += 1
        sheet.merge_range(row, 0, row, len(_START_WIDTHS) - 1, f"{number}. {step}", book.format(looks.TEXT))
        sheet.set_row(row, looks.ROW_HEIGHT)
    row += 2
    for index, heading in enumerate(_HEADINGS):
        sheet.write_string(row, index, heading, book.format(looks.HEADER))
    sheet.set_row(row, looks.ROW_HEIGHT)
    for file in REFERENCE_FILES:
        row += 1
        _write_entry(book, sheet, row, file)
    offending = book.format(looks.OFFENDING)
    last = len(_HEADINGS) - 1
    counts = (row - len(REFERENCE_FILES) + 1, last, row, last)
    sheet.conditional_format(*counts, {"type": "cell", "criteria": ">", "value": 0, "format": offending})


def _write_entry(book: FolderBook, sheet: Worksheet, row: int, file: ReferenceFile) -> None:
    """Write what a list holds, how many rows it has and how many of its cells are wrong."""
    link = f'=HYPERLINK("#{file.name}!A1","{file.name}")'
    write_formula(sheet, row, 0, link, book.format(looks.LINK, looks.RULED))
    text = book.format(looks.TEXT, looks.RULED)
    said = (LISTS[file.name], _if_empty(file.name))
    for place, words in enumerate(said, start=1):
        sheet.write_string(row, place, words, text)
    counts = map(lines_needed, said, _START_WIDTHS[1:])
    sheet.set_row(row, height(counts, least=looks.ROW_HEIGHT))
    number = book.format(looks.RULED, num_format="0")
    write_formula(sheet, row, 3, f"=COUNTA({book.range_of(file.name, file.key[0])})", number)
    cells = {name: book.range_of(file.name, name) for name in book.texts[file.name][0]}
    wrong = "+".join(f"SUM(--(({_formula(book, file, field, cells)})>0))" for field in file.fields)
    write_array(sheet, row, 4, f"={wrong}", number)


def _if_empty(name: str) -> str:
    if name in NEEDED_LISTS:
        return f"It needs a row: {NEEDED_LISTS[name]}."
    return OPTIONAL_LISTS.get(name, "")


def _formula(book: FolderBook, file: ReferenceFile, field: Field, cells: Mapping[str, str]) -> str:
    settings = {row["name"]: row["value"] for row in book.reference.tables["setting"]}
    return is_wrong(file, field, settings, book.range_of).format_map(cells)


def _write_list(book: FolderBook, file: ReferenceFile) -> None:
    columns, rows = book.texts[file.name]
    page = book.add_page(file.name, _footer(book), header_row=0)
    page.set_tab_color(looks.OTHER_TAB if file.name in OPTIONAL_LISTS else looks.NEEDED_TAB)
    page.freeze_panes(1, 1)
    known = {field.name: field for field in file.fields}
    widths = [_width(name, known.get(name), [row.get(name, "") for row in rows]) for name in columns]
    page.set_row(0, height((lines_needed(n, w, is_bold=True) for n, w in zip(columns, widths, strict=True)), least=20))
    for index, (name, width) in enumerate(zip(columns, widths, strict=True)):
        field = known.get(name, Field(name, is_required=False))
        form = _form(book, field)
        page.set_column(index, index, width, form)
        page.write_string(0, index, name, book.format(looks.HEADER if name in known else looks.OWN_HEADER))
        for number, row in enumerate(rows, start=FIRST_ROW - 1):
            text = row.get(name, field.default or "")
            write_value(page, number, index, _value(field, text, f"{file.name}.csv, {name}"), form)
        if name in known:
            _guard(book, page, file, field, index)
    for number, row in enumerate(rows, start=FIRST_ROW - 1):
        counts = [lines_needed(row.get(name, ""), width) for name, width in zip(columns, widths, strict=True)]
        page.set_row(number, height(counts, least=looks.ROW_HEIGHT))
    page.autofilter(0, 0, book.last_row(file.name) - 1, len(columns) - 1)


def _value(field: Field, text: str, where: str) -> object:
    """Return what a cell holds; a truth is written as its word, which a list offers.

    Raises:
        ValueError: If no cell keeps it whole.
    """
    if not text:
        return None
    value = typed(field.kind, text)
    digits = len(value.normalize().as_tuple().digits) if isinstance(value, Decimal) else 0
    if digits > EXCEL_DIGITS or len(text) > _LONGEST_TEXT:
        raise ValueError(
            f"{where}: a workbook keeps {EXCEL_DIGITS} digits and {_LONGEST_TEXT:,} characters per cell, and "
            f"'{text[:40]}' has more. Shorten it, or keep to the CSV files."
        )
    return written(value) if isinstance(value, bool) else value


def _form(book: FolderBook, field: Field) -> Format:
    if field.kind in _FORMATS:
        return book.format(looks.INPUT, num_format=_FORMATS[field.kind])
    # Text keeps away from the amount before it.
    return book.format(looks.INPUT, num_format=TEXT_FORMAT, text_wrap=True, align="left", indent=1)


def _width(name: str, field: Field | None, texts: Sequence[str]) -> int:
    longest = max(map(len, texts), default=0)
    return min(max(longest + 2, len(name) + 4, _LEAST_WIDTH), _MOST_WIDTH)


def _guard(book: FolderBook, page: Worksheet, file: ReferenceFile, field: Field, index: int) -> None:
    """Say on the heading and in each cell what belongs there, offer the words, and have turn red what is wrong."""
    meaning = COLUMNS[field.name] + ("" if field.is_required else " May be empty.")
    page.write_comment(0, index, meaning, {"x_scale": 1.6, "y_scale": 0.7})
    cells = (FIRST_ROW - 1, index, book.last_row(file.name) - 1, index)
    words = {"title": field.name[:_LONGEST_TITLE], "message": meaning[:_LONGEST_MESSAGE]}
    page.data_validation(
        *cells,
        {
            **(_limits(book, file, field) or {"validate": "any"}),
            **{f"input_{part}": text for part, text in words.items()},
            "error_type": "warning",
        },
    )
    columns = {name: f"${xl_col_to_name(at)}{FIRST_ROW}" for at, name in enumerate(book.texts[file.name][0])}
    criteria = f"=({_formula(book, file, field, columns)})>0"
    offending = book.format(looks.OFFENDING)
    page.conditional_format(*cells, {"type": "formula", "criteria": criteria, "format": offending})


def _limits(book: FolderBook, file: ReferenceFile, field: Field) -> Mapping[str, object] | None:
    if target := FOREIGN.get((file.name, field.name)):
        return {"validate": "list", "source": f"={book.range_of(*target)}"}
    if words := _fixed_words(book, file, field):
        return {"validate": "list", "source": list(words)}
    return _LIMITS.get(field.kind)


def _fixed_words(book: FolderBook, file: ReferenceFile, field: Field) -> Sequence[str]:
    """Return the words of a column that has a few of its own."""
    if (file.name, field.name) == ("plan_change", "change_type"):
        return CHANGE_TYPES
    if (file.name, field.name) == ("status_alias", "code"):
        return book.reference.vocabulary("status")
    return ()
