"""What is said of how a workbook's sheets are laid out: sheets, headings, merged cells, hidden and extra ones.

Here belong the findings that are made before a value is read. Not here: the Return sheet (``findings.words.form``)
and values (``findings.words.cells``).
"""

from __future__ import annotations

from decimal import Decimal

from sources.findings.fault import Block, Warn

_AS_IN_THE_TEMPLATE = "Use the headings of the template."
_POUNDS = "Enter the amounts in pounds, under the heading of the template."
_ONE_HEADING_PER_CELL = "Put each heading into one cell of one row, as in the template."

# Excel lists a sheet that a program hid so ("very hidden") nowhere: only another program shows it.
VERY_HIDDEN = "Copy your figures into a new template and send that."

# Sheets.


class SheetMissing(Block):
    rule = "D04"
    code = "sheet-missing"
    wrong = "The workbook has no visible sheet {missing} with headings."
    remedy = "Copy your figures into a new template and send that."
    missing: str


class SheetHidden(SheetMissing):
    remedy = "Unhide the sheet {missing}."


class SheetVeryHidden(SheetMissing):
    wrong = "The sheet {missing} is hidden in a way that Excel does not let you undo."
    remedy = VERY_HIDDEN


class SheetTwice(Block):
    rule = "D04"
    code = "sheet-ambiguous"
    wrong = "Several visible sheets may be the sheet {wanted}: {found}."
    remedy = "Keep one of them, so that no line is counted twice."
    wanted: str
    found: tuple[str, ...]


class TooManyRows(Block):
    rule = "D04"
    code = "too-much-content"
    wrong = "There are more than {most:row} under the headings. A return has far fewer."
    remedy = "Clear the cells of the rows that are not lines."
    most: int


class NilWithLines(Block):
    rule = "D04"
    code = "nil-with-lines"
    wrong = "A Nil return has no lines, but this sheet has some."
    remedy = "Clear the cells of the lines, or choose another [return_type]."


class HiddenSheetNotRead(Warn):
    rule = "D44"
    wrong = "We did not read the sheet '{name}', because it is hidden."
    remedy = "Copy what counts to the sheets of the template."
    name: str


class OtherSheetNotRead(Warn):
    rule = "D44"
    wrong = "We did not read the sheet '{name}', because it is not in the template."
    remedy = "Copy what counts to the sheets of the template."
    name: str


class HiddenSheetWithRows(Block):
    rule = "D04"
    code = "sheet-hidden"
    wrong = "The sheet '{name}' is hidden, but it has rows."
    remedy = "Unhide it, or clear the cells of its rows."
    name: str


class VeryHiddenSheetWithRows(HiddenSheetWithRows):
    wrong = "The sheet '{name}' has rows, but is hidden in a way that Excel does not let you undo."
    remedy = VERY_HIDDEN


class NearlyASheet(Block):
    rule = "D04"
    code = "sheet-nearly-named"
    wrong = "We did not read the sheet '{name}', which is nearly the sheet {meant}."
    remedy = "Copy its rows to the sheet {meant} and clear them here, or clear the whole sheet."
    name: str
    meant: str


# Headings.


class HeadingsTooFarDown(Block):
    rule = "D06"
    code = "header-not-found"
    wrong = "The headings are on row {row}, below more than {most} other rows."
    remedy = "Copy your figures into a new template and send that."
    row: int
    most: int


class HeadingsOnTwoRows(Block):
    rule = "D06"
    code = "header-split"
    wrong = "The headings are on two rows, {first} and {second}."
    remedy = _ONE_HEADING_PER_CELL
    first: int
    second: int


class NoHeadings(Block):
    rule = "D06"
    code = "header-not-found"
    wrong = (
        "Row {row} has some of the headings, but not {missing}.",
        "No row has the headings of the template.",
    )
    remedy = _AS_IN_THE_TEMPLATE
    row: int | None
    missing: tuple[str, ...] | None


class HeadingMerged(Block):
    rule = "D06"
    code = "header-split"
    wrong = "This heading is in merged cells ({cells})."
    remedy = _ONE_HEADING_PER_CELL
    cells: str


class HeadingTwice(Block):
    rule = "D06"
    code = "header-duplicate"
    wrong = "This heading is there twice, in {first} and {second}."
    remedy = "Keep one of the two columns."
    first: str
    second: str


class HeadingsAgain(Block):
    rule = "D06"
    code = "header-repeated"
    wrong = "The headings are there again, on row {row}."
    remedy = "Keep one table on each sheet, with one row of headings."
    row: int


class DataAboveHeadings(Block):
    rule = "D06"
    wrong = "Row {row} is above the headings, but it looks like data ({cells})."
    remedy = "Copy it to a row below the headings, and clear the cells of row {row}."
    row: int
    cells: tuple[str, ...]


class ColumnInAnotherUnit(Block):
    rule = "D05"
    code = "header-missing"
    wrong = "The headings on row {row} have '{found}' instead of this column, which is in another unit."
    remedy = _POUNDS
    row: int
    found: str


class ColumnMissing(Block):
    rule = "D05"
    code = "header-missing"
    wrong = "The headings on row {row} do not have this required column."
    remedy = ("If you mean '{near}', change it to {missing:column}.", _AS_IN_THE_TEMPLATE)
    row: int
    missing: str
    near: str | None


class ColumnRenamed(Warn):
    rule = "D05"
    wrong = "This column is called '{found}' here. We read it as {meant:column}."
    remedy = "Use the heading of the template."
    found: str
    meant: str


class ExtraColumnWithNumbers(Block):
    rule = "D05"
    wrong = (
        "Column {letters} ('{label}') is not in the template, but it has numbers.",
        "Column {letters} has no heading, but it has numbers.",
    )
    remedy = (
        "Enter them in a column of the template, such as {near:column}. Then clear the cells of column {letters}.",
        "Enter them in a column of the template. Then clear the cells of column {letters}.",
    )
    letters: str
    label: str | None
    near: str | None


class ExtraColumnInAnotherUnit(Block):
    rule = "D05"
    wrong = "Column {letters} ('{label}') is not in pounds."
    remedy = _POUNDS
    letters: str
    label: str


class ExtraColumn(Warn):
    rule = "D05"
    wrong = (
        "Column {letters} ('{label}') is not in the template. We did not read it.",
        "Column {letters} has no heading. We did not read it.",
    )
    remedy = (
        "If you mean {near:column}, use that heading.",
        "If it matters, put it into a column of the template, such as [notes].",
    )
    letters: str
    label: str | None
    near: str | None


# Rows.


class StrayRow(Block):
    rule = "D10"
    wrong = "Row {row} holds only {cells}."
    remedy = "Clear it, or complete the line."
    row: int
    cells: tuple[str, ...]


class StrayRowOfAnotherSheet(StrayRow):
    remedy = "Clear it, or complete the row."


class MergedAmount(Block):
    rule = "D45"
    wrong = "This amount is in merged cells ({cells})."
    remedy = "Unmerge them and enter an amount on each row."
    cells: str


class MergedLabel(Warn):
    rule = "D45"
    wrong = "The cells {cells} are merged. We took their text for each of the rows."
    remedy = "Unmerge them and repeat the text."
    cells: str


class HiddenRows(Warn):
    rule = "D44"
    wrong = "{rows:hidden row} had data, which we read ({numbers})."
    remedy = "Unhide all rows before you send, so that you see what you send."
    rows: int
    numbers: tuple[int, ...]


class HiddenColumns(Warn):
    rule = "D44"
    wrong = "Hidden columns had data, which we read ({columns})."
    remedy = "Unhide all columns before you send."
    columns: tuple[str, ...]


class MayBeStruck(Block):
    rule = "D73"
    code = "struck"
    wrong = "A conditional format can put a line through {cells}. We cannot see where it does."
    remedy = "Choose Home, Conditional Formatting and Manage Rules, and delete that rule."
    cells: tuple[str, ...]


class FilterSet(Warn):
    rule = "D44"
    wrong = "A filter is set on {cells}. We also read the rows that it hides."
    remedy = "Clear the filter before you send."
    cells: str


class FarBelow(Warn):
    rule = "D44"
    wrong = "There are {blank:blank row} above row {row}, which we read."
    remedy = "If it is a line, copy it up to the first blank row. Then clear the cells of row {row}."
    blank: int
    row: int


class PartsOfAPenny(Warn):
    rule = "D09"
    wrong = "This column has amounts with parts of a penny. We rounded them, which changes the sum by {moved}."
    remedy = "Enter pounds and pence."
    moved: Decimal
