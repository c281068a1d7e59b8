"""What is said of one cell by itself: that it cannot be read, or how it was read.

Here belong the findings on a single value, in the order of its kinds. Not here: how a value is read (``grammar``),
and values beside others (``findings.words.lines``).

A grammar knows what is wrong, but not where: it names the type, and the parser adds the place and the check that
the column falls under.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sources.findings.fault import Block, Warn

_ONE_AMOUNT = "Enter one amount in pounds, such as 1234 or 1,234.50. Put words into the notes."
_NUMBER_FORMAT = "Set the format of the cell to Number, then check the amount."
_DAY_FIRST = "Enter the date with the day first, such as 30/09/2021."
_YEAR = "Enter the year like this: 2021/22."
_ESTIMATE_OR_LATER = "Enter an estimate, or leave it blank and choose 'Not yet quantified' in {status_cell}."


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
    remedy = "Fill it in. {guidance}"
    guidance: str


class WrongForm(Unreadable):
    wrong = "This is not in the right form."
    remedy = ("Did you mean {near}?", "{guidance}")
    near: str | None
    guidance: str


# Amounts.


class Negative(Block):
    rule = "D11"
    wrong = "This is negative."
    remedy = "Enter a saving as a positive number."


class NotANumber(Unreadable):
    wrong = "This is not a number."
    remedy = _ONE_AMOUNT


class NotOneNumber(Unreadable):
    wrong = "This is not one plain number."
    remedy = _ONE_AMOUNT


class Placeholder(Unreadable):
    wrong = "This is not a number."
    remedy = "Enter an estimate."


class PlaceholderProjected(Unreadable):
    wrong = "This is not a number."
    remedy = _ESTIMATE_OR_LATER
    status_cell: str


class BlankProjected(Block):
    rule = "D10"
    wrong = "This is blank."
    remedy = _ESTIMATE_OR_LATER
    status_cell: str


class NotYetProjected(Warn):
    rule = "D10"
    wrong = "Nothing is projected yet, so this counts as 0."
    remedy = "Enter an estimate as soon as you can."


class BlankReadAsZero(Warn):
    rule = "D10"
    wrong = "This is blank. We read it as 0."
    remedy = "Enter 0 if you mean none."


class TrueOrFalse(Unreadable):
    wrong = "TRUE or FALSE is not an amount."
    remedy = _ONE_AMOUNT


class NotOneMinus(Unreadable):
    wrong = "This has more than one minus sign."
    remedy = _ONE_AMOUNT


class Range(Unreadable):
    wrong = "This is a range."
    remedy = "Enter one amount, your best estimate. Ranges go on the sheet Pipeline."


class Percentage(Unreadable):
    wrong = "This is a percentage, not an amount in pounds."
    remedy = "Enter the amount in pounds, without %."


class AmountIsDate(Unreadable):
    wrong = "This cell has a date, not an amount."
    remedy = "Set the format of the cell to Number, then enter the amount again."


class TooManyDigits(Unreadable):
    wrong = "This has more than 15 digits, which is more than Excel can keep."
    remedy = _ONE_AMOUNT


class TooLarge(Unreadable):
    wrong = "This is more than a return can hold (£999,999,999,999.99)."
    remedy = "Check the number of digits. Amounts are in pounds."


class TwoReadings(Unreadable):
    wrong = "This can be read in two ways: with a decimal point, or in thousands."
    remedy = "Enter the amount as a number, such as 45250 or 45.25."


class FormatShowsUnit(Unreadable):
    code = "unit-in-format"
    wrong = "The number format of this cell shows '{unit}', which is not part of an amount in pounds."
    remedy = _NUMBER_FORMAT
    unit: str


class FormatShowsMinus(Unreadable):
    code = "unit-in-format"
    wrong = "The cell has {held}, but its number format shows it as negative."
    remedy = _NUMBER_FORMAT
    held: Decimal


class HiddenByFormat(Unreadable):
    code = "unit-in-format"
    wrong = "The number format of this cell hides or replaces its value."
    remedy = _NUMBER_FORMAT


class ZeroInWords(Unreadable):
    wrong = "A dash or a word for zero is not an amount here."
    remedy = "Enter the amount, or 0 if there is none."


class NotApplicable(Unreadable):
    wrong = "You can only use N/A in [deferred_gbp]."
    remedy = "Enter an amount, or 0 if there is none."


class NotWhole(Unreadable):
    wrong = "This is not a whole number."
    remedy = "Enter a whole number, such as 3."


class ReadAsPounds(ReadAs):
    wrong = "We read this as {amount}."
    remedy = "Enter the whole amount."
    amount: Decimal


class ReadAsZero(ReadAs):
    wrong = "We read this as 0."
    remedy = "Enter 0 if you mean none."


class ReadAsBlank(ReadAs):
    wrong = "We read this as blank."
    remedy = "Enter your best estimate once you have one."


class ShownInUnits(ReadAs):
    wrong = "Excel shows this in units of {scale:,}. We read it as {amount}."
    remedy = _NUMBER_FORMAT
    scale: int
    amount: Decimal


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
    remedy = "Set the format of the cell to Text, then enter the year like this: 2021/22."


class NotAPeriod(Unreadable):
    wrong = "This is not a reporting period."
    remedy = "Use P01 (April) to P13 (closedown). For quarter 2 use P06."


class NotADate(Unreadable):
    wrong = "This is not a date."
    remedy = _DAY_FIRST


class LateInTheDay(ReadAs):
    wrong = "The cell has the time {time} on {day}. We read {day}."
    remedy = "If you mean {next_day}, enter that. Enter dates without a time."
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
