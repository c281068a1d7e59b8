"""The Guidance sheet: the rules, what each column means, what each word of the lists means.

Here belongs how it is laid out. Not here: its words (``guidance``).
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from sources.contract import guidance, looks
from sources.contract.book import Book
from sources.contract.heights import height, lines_needed
from sources.template.declaration import GUIDANCE_SHEET

_WIDTHS = (13, 32, 84, 16)
_GAP = 2
_WORD_WIDTHS = (27, 24, 58)
# The words of the lists are next to the columns, for one below the other takes twice the paper.
_WORDS_LEFT = len(_WIDTHS) + 1
_LEAST = 16
_PAGES = 2


def write_guidance(book: Book) -> None:
    """Write the sheet: rules, then the columns, with the words of the lists next to them."""
    sheet = book.add_sheet(GUIDANCE_SHEET, header_row=0, pages_high=_PAGES)
    sheet.hide_gridlines(2)
    sheet.set_tab_color(looks.GUIDANCE_TAB)
    for index, width in enumerate((*_WIDTHS, _GAP, *_WORD_WIDTHS)):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, "How to fill in this return", book.format(looks.TITLE, text_wrap=False))
    sheet.set_row(0, looks.TITLE_HEIGHT)
    for number, rule in enumerate(guidance.RULES, start=1):
        sheet.merge_range(number, 0, number, len(_WIDTHS) - 1, rule, book.format(looks.TEXT))
        sheet.set_row(number, height([lines_needed(rule, sum(_WIDTHS))], least=_LEAST))
    top = 2 + len(guidance.RULES)
    sheet.repeat_rows(top, top)
    services = book.reference.services_of(book.directorate, book.as_at_date)
    words = guidance.word_rows(book.reference, list(services.items()))
    columns = guidance.column_rows(book.reference, book.directorate)
    sheet.set_row(top, looks.ROW_HEIGHT)
    _write_list(book, sheet, (top, 0), guidance.HEADER, columns)
    _write_list(book, sheet, (top, _WORDS_LEFT), guidance.WORD_HEADER, words)
    for number in range(max(len(columns), len(words))):
        counts = [*_lines(columns, number, _WIDTHS), *_lines(words, number, _WORD_WIDTHS)]
        sheet.set_row(top + 1 + number, height(counts, least=_LEAST))


def _write_list(
    book: Book, sheet: Worksheet, where: tuple[int, int], header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    top, left = where
    sheet.write_row(top, left, header, book.format(looks.HEADER))
    for number, texts in enumerate(rows, start=top + 1):
        sheet.write_row(number, left, texts, book.format(looks.TEXT, looks.RULED))


def _lines(rows: Sequence[Sequence[str]], number: int, widths: Sequence[int]) -> list[int]:
    """Return on how many lines each text of a row goes; nothing where there is no such row."""
    return (
        [lines_needed(text, width) for text, width in zip(rows[number], widths, strict=True)]
        if number < len(rows)
        else []
    )
