"""What is said of one cell by itself: that it cannot be read, or how it was read.

Here belong the findings on a single value, in the order of its kinds. Not here: amounts
(``findings.words.amounts``), how a value is read (``grammar``), values beside others (``findings.words.lines``).

A grammar knows what is wrong, but not where: it names the type, and the parser adds the place and the check that
the column falls under.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sources.findings.fault import Block, Warn

_DAY_FIRST = "Enter the date with the day first, such as 30/09/2021."
_YEAR = "Enter the year like this: 2026/27."


class Unreadable(Block):
    """A value that was not read; which check it falls under depends on its column."""

    checked_by: str

    @property
    def rule(self) -> str:  # type: ignore[override]  # of the column, not of the type
        """The check of its column."""
        return self.checked_by


class ReadAs(Warn):
    """A value that was read, in a way that its sender should see."""

    checked_by: str

    @property
    def rule(self) -> str:  # type: ignore[override]  # of the column, not of the type
        """The check of its column."""
        return self.checked_by


# Any cell.


class CellError(Unreadable):
    code = "cell-error"
    wrong = "This cell shows the error {error}."
    remedy = "Correct the formula, or enter the value instead."
    error: str


class NotCalculated(Unreadable):
    code = "cell-not-calculated"
    wrong = "This formula has not been calculated."
    remedy = "Open the file in Excel, save it and send it again."


class Linked(Unreadable):
    code = "linked"
    wrong = "This formula takes its value from another file, which we never open."
    remedy = "Enter the value instead: copy the cell, then choose Paste Special and Values."


class Struck(Unreadable):
    code = "struck"
    wrong = "This has a line through it."
    remedy = "Take the line off."


class StruckRow(Unreadable):
    code = "struck"
    wrong = ("This has a line through it, and so have {others}.", "This has a line through it.")
    remedy = "Take the line off."
    others: tuple[str, ...] | None


class StruckLine(StruckRow):
    remedy = "Take the line off. If the saving will not come, choose Withdrawn or Undeliverable."


class StruckText(ReadAs):
    wrong = "This has a line through it. We read it all the same."
    remedy = "Take the line off, or clear the cell."


class Raised(Unreadable):
    code = "raised"
    wrong = "Part of this is raised or lowered, like the mark of a footnote."
    remedy = "Enter it again without the mark. Put footnotes into the notes."


class FormulaTaken(Warn):
    rule = "D08"
    wrong = "This is a formula. We took its result."
    remedy = "Enter the value instead."


class Blank(Unreadable):
    wrong = "This is blank."
    remedy = ("Enter one that ends in @{domain}.", "Fill it in.")
    domain: str | None


class RowHalfFilled(Block):
    rule = "D10"
    wrong = "Row {row} is not filled in yet. These cells are blank: {headings:and}."
    remedy = "Fill them in, or clear row {row} if it is not a line."
    row: int
    headings: tuple[str, ...]


class WrongForm(Unreadable):
    wrong = "This is not in the right form."
    remedy = ("Did you mean {near}?", "{guidance}")
    near: str | None
    guidance: str


# Years, periods and dates.


class NotAYear(Unreadable):
    wrong = "This is not a financial year."
    remedy = _YEAR


class NotTwoYearsInARow(Unreadable):
    wrong = "The second year does not follow the first."
    remedy = _YEAR


class OneYearOnly(Unreadable):
    wrong = "One year is not enough: the financial year may begin or end in it."
    remedy = _YEAR


class YearBecameDate(Unreadable):
    wrong = "Excel changed the year into a date."
    remedy = "Set the format of the cell to Text, then enter the year like this: 2026/27."


class NotAPeriod(Unreadable):
    wrong = "This is not a reporting period."
    remedy = "Use P01 (April) to P13 (closedown). For quarter 2 use P06."


class NotADate(Unreadable):
    wrong = "This is not a date."
    remedy = _DAY_FIRST


class LateInTheDay(ReadAs):
    wrong = "The cell has the time {time} on {day}. We read {day}."
    remedy = "If you mean {next_day}, enter that. Enter dates without a time."
    live = "This cell has a time late in the day, so the day after may be meant."
    time: str
    day: date
    next_day: date


class MonthFirst(Unreadable):
    wrong = "This date has the month first."
    remedy = _DAY_FIRST


# Words, references and texts.


class NotInList(Unreadable):
    wrong = "This is not in the list."
    remedy = ("Did you mean {near}?", "Choose one of these: {choices}.")
    live = "This is not in the list. Choose a word from it."
    near: str | None
    choices: str


class NotYesOrNo(Unreadable):
    wrong = "This is neither yes nor no."
    remedy = "Enter Yes or No."


class TooLong(Unreadable):
    wrong = "This is {length:,} characters long. We keep at most {most:,}."
    remedy = "Shorten it."
    length: int
    most: int


class TextBecameDate(Unreadable):
    wrong = "Excel changed this into a date."
    remedy = "Set the format of the cell to Text, then enter it again."


class DigitsLost(Unreadable):
    wrong = "This has more than {most} digits, so Excel has lost the last ones."
    remedy = "Set the format of the cell to Text, then enter it again."
    most: int


class SeveralReferences(Unreadable):
    wrong = "This is more than one reference."
    remedy = "Enter one."


class UnseenCharacters(ReadAs):
    wrong = "This has characters that cannot be seen. We read them as blanks."
    remedy = "Type it again by hand."


class LookAlikes(Unreadable):
    wrong = "This has characters that only look right or cannot be seen ({characters})."
    remedy = "Type it again by hand."
    characters: str


class ReadAsText(ReadAs):
    wrong = "We read this as {text}."
    remedy = "Enter it like that next time."
    text: str


# Themes and workstreams with their weights.


class NotWeights(Unreadable):
    wrong = "These are not codes with weights."
    remedy = "Enter them like this, with each code once: T1;T2 or T1:0.6;T2:0.4."


class UnknownCode(Unreadable):
    wrong = "{unknown} is not in the list."
    remedy = "Choose from {known}."
    unknown: str
    known: tuple[str, ...]


class TooManyWeights(Unreadable):
    wrong = "These are more than {most}."
    remedy = "Keep the {most} that matter most."
    most: int


class WeightsDoNotAddUp(Unreadable):
    wrong = "The weights add up to {total:f}, not 1."
    remedy = "Make them add up to 1."
    total: Decimal
