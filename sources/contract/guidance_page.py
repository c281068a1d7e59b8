"""The Guidance sheet: the rules, what each column means, what each word of the lists means.

Here belongs how it is laid out. Not here: its words (``guidance``).
"""

from __future__ import annotations

from sources.contract import guidance, looks
from sources.contract.book import Book
from sources.template.declaration import GUIDANCE_SHEET

_WIDTHS = (12, 30, 46, 14, 42)
_GAP = 2
_WORD_WIDTHS = (24, 24, 46)


def write_guidance(book: Book) -> None:
    """Write the sheet: rules, then the columns, with the words of the lists next to them."""
    sheet = book.add_sheet(GUIDANCE_SHEET, header_row=0)
    sheet.hide_gridlines(2)
    for index, width in enumerate((*_WIDTHS, _GAP, *_WORD_WIDTHS)):
        sheet.set_column(index, index, width)
    sheet.write_string(0, 0, "How to fill in this return", book.format(looks.TITLE, text_wrap=False))
    sheet.set_row(0, looks.TITLE_HEIGHT)
    sheet.write_column(1, 0, guidance.RULES, book.format(text_wrap=False))
    top = 2 + len(guidance.RULES)
    services = book.reference.services_of(book.directorate, book.as_at_date)
    words = guidance.word_rows(book.reference, list(services.items()))
    columns = guidance.column_rows()
    for left, header, rows in ((0, guidance.HEADER, columns), (len(_WIDTHS) + 1, guidance.WORD_HEADER, words)):
        sheet.write_row(top, left, header, book.format(looks.HEADER))
        for number, texts in enumerate(rows, start=top + 1):
            sheet.write_row(number, left, texts, book.format(looks.TEXT, looks.RULED))
