"""The Start sheet: five steps, the deadline, whom to ask, and what is still to be corrected.

Here belongs what a person reads first. Not here: what is tallied (``live_formulas``), and what each
column means (``guidance_page``).
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from sources.contract import looks
from sources.contract.book import Book
from sources.contract.cells import write_formula
from sources.contract.heights import height, lines_needed
from sources.contract.live_formulas import Block
from sources.template.declaration import (
    GUIDANCE_SHEET,
    PLAN_CHANGES,
    PROJECTS,
    RETURN_SHEET,
    SAVINGS,
    SHEETS,
    START_SHEET,
)

MOST_SHOWN = 15
STILL_TO_CORRECT = "Still to correct"
ALL_WELL = "Nothing to correct, as far as this workbook can check. You can send it."
_WHEN = "Excel shows this list once you choose Enable Editing."
_WIDTHS = (4, 18, 100, 30)


def write_start(book: Book, name: str, note: Sequence[str]) -> None:
    """Write the sheet.

    Args:
        book: The workbook.
        name: The name of its file.
        note: Sentences on where the figures come from.
    """
    sheet = book.add_sheet(START_SHEET, header_row=0, pages_high=1)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(looks.START_TAB)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, f"{book.title}, {book.sent_by}", book.format(looks.TITLE, text_wrap=False))
    sheet.set_default_row(looks.ROW_HEIGHT)
    sheet.set_row(0, looks.TITLE_HEIGHT)
    row = _write_facts(book, sheet, 2) + 1
    row = _write_steps(book, sheet, row, name) + 1
    row = _write_what_to_correct(book, sheet, row) + 1
    for sentence in note:
        sheet.merge_range(row, 0, row, len(_WIDTHS) - 1, sentence, book.format(looks.HINT))
        sheet.set_row(row, height([lines_needed(sentence, sum(_WIDTHS))], least=looks.ROW_HEIGHT))
        row += 1


def _write_facts(book: Book, sheet: Worksheet, row: int) -> int:
    due = f"{book.calendar['return_due_date']:%-d %B %Y}"
    ask = _whom_to_ask(book)
    for label, said in (("Send it by", due), ("Questions", ask)):
        sheet.merge_range(row, 0, row, 1, label, book.format(looks.BOLD))
        sheet.merge_range(row, 2, row, 3, said, book.format(looks.TEXT))
        row += 1
    return row


def _whom_to_ask(book: Book) -> str:
    """Name posts, never people."""
    posts = [
        row["post"]
        for row in book.reference.tables["finance_bp"]
        if row["directorate_code"] == book.directorate and (row["valid_to"] or book.as_at_date) >= book.as_at_date
    ]
    return f"Ask the {posts[0]}." if posts else "Ask your finance business partner."


def _write_steps(book: Book, sheet: Worksheet, row: int, name: str) -> int:
    folder = book.reference.landing_folder(book.directorate)
    steps = (
        (f"Fill in the {RETURN_SHEET} sheet: who you are, and what kind of return this is.", RETURN_SHEET),
        (
            f"Update every line of the {SAVINGS.name} sheet. Pale yellow cells are yours; grey ones fill themselves.",
            SAVINGS.name,
        ),
        (
            f"Check the {PROJECTS.name} sheet, and fill in {_others()} where you have something to report.",
            PROJECTS.name,
        ),
        ("Correct what is listed below. A red cell has something wrong with it.", ""),
        (f"Save the workbook as {name}, and put it into your folder ({folder}). You get a receipt.", ""),
    )
    sheet.merge_range(row, 0, row, 3, "What to do", book.format(looks.SUBTITLE))
    for number, (text, target) in enumerate(steps, start=1):
        row += 1
        sheet.write_number(row, 0, number, book.format(looks.BOLD, align="left"))
        sheet.merge_range(row, 1, row, 2, text, book.format(looks.TEXT))
        sheet.set_row(row, height([lines_needed(text, _WIDTHS[1] + _WIDTHS[2])], least=looks.ROW_HEIGHT))
        if target:
            _write_link(book, sheet, row, 3, f'=HYPERLINK("#{target}!A1","Go to {target}")')
    row += 1
    text = f"What each column means, and every word of the lists, is on the {GUIDANCE_SHEET} sheet."
    sheet.merge_range(row, 1, row, 2, text, book.format(looks.HINT))
    _write_link(book, sheet, row, 3, f'=HYPERLINK("#{GUIDANCE_SHEET}!A1","Go to {GUIDANCE_SHEET}")')
    return row + 1


def _others() -> str:
    names = [sheet.name for sheet in SHEETS if not sheet.is_required and sheet is not PLAN_CHANGES]
    return f"{', '.join(names)} and {PLAN_CHANGES.name}"


def _write_what_to_correct(book: Book, sheet: Worksheet, row: int) -> int:
    """Write the list: the tallies in their order as far as they find anything, each a link to its first cell."""
    block = book.block
    turns = block.cells("turn")
    sheet.merge_range(row, 0, row, 2, STILL_TO_CORRECT, book.format(looks.SUBTITLE))
    sheet.write_string(row, 3, _WHEN, book.format(looks.HINT))
    sheet.set_row(row, 2 * looks.ROW_HEIGHT)
    row += 1
    summary = (
        f'=IF(MAX({turns})=0,"{ALL_WELL}",'
        f'MAX({turns})&IF(MAX({turns})=1," thing"," things")&" to correct. Choose a cell below to go to it."'
        f'&IF(MAX({turns})>{MOST_SHOWN}," The first {MOST_SHOWN} are listed.",""))'
    )
    bold = book.format(looks.BOLD)
    sheet.merge_range(row, 0, row, 3, "", bold)
    write_formula(sheet, row, 0, summary, bold)
    # Which sentence comes here is not known before the workbook is opened.
    longest = max(lines_needed(tally.sentence, _WIDTHS[2]) for tally in book.live.tallies)
    for turn in range(1, MOST_SHOWN + 1):
        row += 1
        sheet.set_row(row, height([longest], least=looks.ROW_HEIGHT))
        _write_line(book, sheet, row, turn, block)
    return row + 1


def _write_line(book: Book, sheet: Worksheet, row: int, turn: int, block: Block) -> None:
    found = f"MATCH({turn},{block.cells('turn')},0)"
    sheet_name, first, rows = (f"INDEX({block.cells(name)},{found})" for name in ("sheet", "first cell", "rows"))
    link = f'=IFERROR(HYPERLINK("#"&{sheet_name}&"!"&{first},{sheet_name}&" "&{first}),"")'
    words = f'=IFERROR(INDEX({block.cells("to correct")},{found}),"")'
    more = f'=IFERROR(IF({rows}=1,"",IF({rows}=2,"and 1 more row","and "&({rows}-1)&" more rows")),"")'
    _write_link(book, sheet, row, 1, link)
    write_formula(sheet, row, 2, words, book.format(looks.TEXT))
    write_formula(sheet, row, 3, more, book.format(looks.HINT))


def _write_link(book: Book, sheet: Worksheet, row: int, column: int, formula: str) -> None:
    write_formula(sheet, row, column, formula, book.format(looks.LINK))
