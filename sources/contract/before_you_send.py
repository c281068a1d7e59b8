"""The block "Before you send" of the Guidance sheet, and its one line on the Return sheet.

Here belongs how the tallies of the live checks are laid out. Not here: what is tallied
(``live_formulas``).
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sources.contract.cells import write_formula
from sources.contract.formulas import Formula
from sources.contract.live_formulas import ERROR_IN_A_CELL, Tally
from sources.template.declaration import GUIDANCE_SHEET

TITLE = "Before you send: what is still to be mended, as far as Excel can tell"
HEADER = ("Sheet", "Check", "What is wrong", "Rows", "First row")
WHAT_IS_WRONG = {
    "D03": "A value that has to be filled in is empty.",
    "D09": "An amount is text, or a word is not in its list.",
    "D10": "A cell that has to be filled in is empty.",
    "D11": "An amount is negative.",
    "D14": "A reference is not written as it should be.",
    "D15": "A row stands twice.",
    "D16": "A project or a fund is not on its sheet.",
    "D17": "A year became a date or a number. Type it as text, 2021/22.",
    "D18": "A deferral goes to no later year.",
    "D19": "An amount is deferred without a year, or a year given without an amount.",
    "D20": "The sheets Savings and Deferrals do not agree.",
    "D22": "Projected, deferred and undeliverable are more than the baseline.",
    "D37": "Cost avoidance is Cashable.",
    "D40": "A line that replaces another has a baseline.",
    "D59": "More is drawn than committed, or more committed than approved.",
}
_COUNT_LETTER = "D"
_ALL_WELL = "Before you send: nothing to mend, as far as Excel can tell."
_TO_MEND = f"Before you send: look at the sheet {GUIDANCE_SHEET}, which lists what is to be mended."


def write(sheet: Worksheet, top: int, block: Sequence[Tally], bold: Format, red: Format) -> int:
    """Write the block and return the row after it.

    Args:
        sheet: The Guidance sheet.
        top: Its row for the title, counted from 0.
        block: The tallies.
        bold: For title and header.
        red: For a tally that is not 0.
    """
    sheet.write_string(top, 0, TITLE, bold)
    sheet.write_row(top + 1, 0, HEADER, bold)
    for row, tally in enumerate(block, start=top + 2):
        sheet.write_row(row, 0, (tally.sheet, tally.rule, WHAT_IS_WRONG[tally.rule]))
        write_formula(sheet, row, 3, tally.count())
        write_formula(sheet, row, 4, tally.first(f"${_COUNT_LETTER}${row + 1}"))
    last = top + 1 + len(block)
    is_breach = {"type": "formula", "criteria": f"=${_COUNT_LETTER}{top + 3}<>0", "format": red}
    sheet.conditional_format(top + 2, 0, last, len(HEADER) - 1, is_breach)
    return last + 1


def summary(block: Sequence[Tally], top: int) -> Formula:
    """Return the line of the Return sheet: whether anything is to be mended.

    Args:
        block: The tallies.
        top: The row of the block's title on the Guidance sheet, counted from 0.
    """
    counts = f"{GUIDANCE_SHEET}!${_COUNT_LETTER}${top + 3}:${_COUNT_LETTER}${top + 2 + len(block)}"
    is_clean = f'SUM({counts})+COUNTIF({counts},"{ERROR_IN_A_CELL}")=0'
    return f'=IF({is_clean},"{_ALL_WELL}","{_TO_MEND}")', _TO_MEND if any(tally.rows for tally in block) else _ALL_WELL
