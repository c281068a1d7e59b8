"""Workbooks with random content, written by the two libraries that officers' tools are built on.

Here belongs the making of them: the same seed makes the same workbook. Not here: what is read from
them (``second_opinion`` compares).
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet.formula import ArrayFormula

TEXTS = (
    "plain",
    " spaces at both ends ",
    "N/A",
    "TBC",
    "",
    "two\nlines",
    "naïve café £ €",
    "\u00a0no-break\u00a0",
    "unicode 🏛",
    "=not a formula",
    "'quoted",
    "<&>\"'",
    "0012",
    "#REF!?",
    "x" * 300,
    "\u202ebidi",
)
# XlsxWriter escapes this as Excel does; openpyxl writes it as if it were an escape already.
LOOKS_ESCAPED = "_x0041_ as typed"
FORMATS = (
    "General",
    "0",
    "0.00",
    "#,##0",
    "0%",
    "£#,##0.00",
    "#,##0,",
    '0.0,,"m"',
    "[Red]#,##0;-#,##0",
    '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-',
    "@",
)
DATE_FORMATS = ("dd/mm/yyyy", "yyyy-mm-dd", "d-mmm-yy", "mmm-yy", "dd/mm/yyyy hh:mm")


def a_number(chance: random.Random) -> float | int:
    return chance.choice(
        (
            chance.randint(-(10**9), 10**9),
            round(chance.uniform(0, 10**7), 2),
            chance.uniform(-1, 1),
            0.1 + 0.2,
            1e-7,
            1e15,
            0,
        )
    )


def a_moment(chance: random.Random) -> dt.datetime:
    start = dt.datetime(2009, 1, 1)  # noqa: DTZ001 - Excel's dates have no zone
    moment = start + dt.timedelta(days=chance.randint(0, 11_000))
    return moment + dt.timedelta(minutes=chance.choice((0, 0, 0, 870)))


def by_openpyxl(path: Path, chance: random.Random) -> None:
    book = openpyxl.Workbook()
    if chance.random() < 0.2:
        book.epoch = MAC_EPOCH
    for number in range(chance.randint(1, 3)):
        sheet = book.create_sheet(chance.choice(("Savings ", "Return", "A&H", "Lists")) + str(number))
        sheet.sheet_state = chance.choice(("visible", "visible", "hidden", "veryHidden"))
        for _ in range(chance.randint(0, 60)):
            cell = sheet.cell(chance.randint(1, 40), chance.randint(1, 30))
            cell.value = chance.choice(
                (a_number(chance), a_moment(chance), chance.choice(TEXTS), True, False, "=A1+1", "#DIV/0!", "#N/A")
            )
            if cell.data_type == "n":
                cell.number_format = chance.choice(FORMATS)
            elif cell.is_date:
                cell.number_format = chance.choice(DATE_FORMATS)
        sheet["AA40"] = CellRichText("rich ", TextBlock(InlineFont(b=True), "text"), " here")
        sheet["AB41"] = ArrayFormula("AB41:AB42", "=A1:A2*2")
        hide_and_join(chance, sheet)
    del book["Sheet"]
    book.worksheets[0].sheet_state = "visible"
    book.save(path)


def hide_and_join(chance: random.Random, sheet: Any) -> None:
    if chance.random() < 0.5:
        sheet.merge_cells("AD1:AE2")
    for row in chance.sample(range(1, 41), 4):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["C"].hidden = chance.random() < 0.5
    if chance.random() < 0.3:
        sheet.auto_filter.ref = "A1:C10"
        sheet.auto_filter.add_filter_column(0, ["plain"])


def by_xlsxwriter(path: Path, chance: random.Random) -> None:
    book = xlsxwriter.Workbook(
        path, {"date_1904": chance.random() < 0.2, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = [book.add_format({"num_format": code}) for code in FORMATS]
    dates = [book.add_format({"num_format": code}) for code in DATE_FORMATS]
    bold = book.add_format({"bold": True})
    book.set_custom_property("template_version", "1.0")
    for number in range(chance.randint(1, 3)):
        sheet = book.add_worksheet(f"Sheet {number}")
        for _ in range(chance.randint(0, 80)):
            where = (chance.randint(0, 40), chance.randint(0, 25))
            write, *content = chance.choice(
                (
                    (sheet.write_number, a_number(chance), chance.choice(formats)),
                    (sheet.write_datetime, a_moment(chance), chance.choice(dates)),
                    (sheet.write_string, chance.choice((*TEXTS, LOOKS_ESCAPED))),
                    (sheet.write_boolean, chance.random() < 0.5),
                    (sheet.write_formula, "=1+1", None, 2),
                    (sheet.write_formula, '="a"', None, "a"),
                    (sheet.write_formula, "=1/0", None, "#DIV/0!"),
                    (sheet.write_formula, "=TRUE()", None, True),
                    (sheet.write_blank, None, chance.choice(formats)),
                )
            )
            write(*where, *content)
        sheet.write_rich_string(41, 1, "rich ", bold, "text")
        sheet.write_array_formula("A45:A46", "{=A1:A2*2}", None, 4)
        sheet.merge_range("D43:E43", "merged")
        sheet.set_row(chance.randint(0, 40), None, None, {"hidden": True})
        sheet.set_column(5, 6, None, None, {"hidden": chance.random() < 0.5})
        if number and chance.random() < 0.5:
            chance.choice((sheet.hide, sheet.very_hidden))()
    book.close()
