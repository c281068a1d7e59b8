"""What is said of rows beside each other, and of sums: twice the same, totals that do not add up.

Here belong the findings that look at several rows of one file. Not here: one row (``findings.words.lines``),
how a sheet is laid out (``findings.words.layout``), earlier returns (``findings.words.history``).
"""

from __future__ import annotations

from decimal import Decimal

from sources.findings.fault import Block, Warn

# Rows that are there twice, or look alike.


class RowTwice(Block):
    rule = "D15"
    wrong = "{key} is on row {first_row} and again on row {row}."
    remedy = "Keep one of {first} and {second}, or correct the reference."
    live = "Another row has the same. Keep one of the two, or correct the reference."
    key: str
    first_row: int
    row: int
    first: str
    second: str


class SameSavingTwice(Warn):
    rule = "D58"
    wrong = "{other} (row {other_row}) has the same {what} and the same amounts."
    remedy = "Check that you have not counted one saving twice."
    other: str
    other_row: int
    what: str


class SameFigure(Warn):
    rule = "D36"
    wrong = "{figure} is on {lines:line} ({cells})."
    remedy = "Check that it was not copied by mistake."
    figure: Decimal
    lines: int
    cells: tuple[str, ...]


class MostlyRound(Warn):
    rule = "D35"
    wrong = "{round_ones} of {lines} projected amounts are whole thousands."
    remedy = "Check that they are forecasts and not placeholders."
    round_ones: int
    lines: int


class OneOffAgain(Warn):
    rule = "D38"
    wrong = "{ref} is One-off in {before} and again in {after}."
    remedy = "If the saving goes on, choose Recurrent."
    ref: str
    before: str
    after: str


# Saved more than projected.


class SavedMoreThanProjected(Warn):
    rule = "D23"
    wrong = "More has been saved so far than is projected ({projected})."
    remedy = "Projected saving includes the amount saved so far. Correct one of the two."
    projected: Decimal


class ColumnsSwapped(Block):
    rule = "D23"
    wrong = "On {above} of {lines} lines more has been saved so far than is projected ({cells})."
    remedy = "Check that you have not swapped the two columns. Projected saving includes the amount saved so far."
    above: int
    lines: int
    cells: tuple[str, ...]


# Lines that replace others.


class ReplacesUnknownLine(Block):
    rule = "D40"
    wrong = "There is no line {target}."
    remedy = ("Did you mean {near}?", "Enter the line that this one replaces.")
    target: str
    near: str | None


class ReplacesItself(Block):
    rule = "D40"
    wrong = "{ref} replaces itself, through {chain}."
    remedy = "Enter another line, which this one replaces."
    ref: str
    chain: tuple[str, ...]


class ReplacementWithBaseline(Block):
    rule = "D40"
    wrong = "A line that replaces another has no baseline of its own, but this one has {baseline}."
    remedy = "Enter 0 in [baseline_gbp], or clear [replaces_ref]."
    live = "A line that replaces another has no baseline of its own."
    baseline: Decimal


# Sums.


class ControlTotalDiffers(Block):
    rule = "D25"
    wrong = "Your control total is {control}, but the rows add up to {rows} (difference {difference})."
    remedy = (
        "Excel leaves out amounts that are text. Enter them as numbers ({texts}).",
        "It adds up {summed:column}. Check the formula and the rows.",
    )
    control: Decimal
    rows: Decimal
    difference: Decimal
    texts: tuple[str, ...] | None
    summed: str


class RowCountDiffers(Block):
    rule = "D25"
    wrong = "Your control total is {control:row}, but the sheet Savings has {rows} (difference {difference})."
    remedy = "Check the formula and the rows."
    control: int
    rows: int
    difference: int


class TotalUnreadable(Block):
    rule = "D24"
    wrong = "This total cannot be read. {why}"
    remedy = "Correct the total, or clear the cells of row {row}."
    why: str
    row: int


class TotalDiffers(Block):
    rule = "D24"
    wrong = "This total is {total}, but the rows add up to {rows} (difference {difference})."
    remedy = (
        "It leaves out amounts that are text ({texts}). Type each number there again, without a quote or £.",
        "Correct the total or its rows, or clear the cells of row {row}.",
    )
    total: Decimal
    rows: Decimal
    difference: Decimal
    row: int
    texts: tuple[str, ...] | None


# The Deferrals sheet.


class NoSplit(Block):
    rule = "D20"
    wrong = "Multiple needs rows for {ref} on the sheet Deferrals, but there are none."
    remedy = "Enter each part of the amount there, with its year."
    live = "Multiple needs rows on the sheet Deferrals, but there are none."
    ref: str


class SplitOfNoLine(Block):
    rule = "D20"
    wrong = "{ref} of {plan_year} is not on the sheet Savings."
    remedy = "Correct the reference or the plan year."
    live = "This line is not on the sheet Savings."
    ref: str
    plan_year: str


class SplitDiffers(Block):
    rule = "D20"
    wrong = "The deferrals of {ref} add up to {parts}, but {where} says {deferred}."
    remedy = "Make the two equal."
    live = "The deferrals of this line do not add up to the amount on the sheet Savings."
    ref: str
    parts: Decimal
    where: str
    deferred: Decimal
