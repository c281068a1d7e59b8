"""What is said of one amount by itself: that it cannot be read, or how it was read.

Here belong the findings on a single amount or number. Not here: other cells (``findings.words.cells``, which
also says how a grammar names a type), and amounts beside others (``findings.words.lines``).
"""

from __future__ import annotations

from decimal import Decimal

from sources.findings.fault import Block, Warn
from sources.findings.words.cells import ReadAs, Unreadable

_DIGITS = "Check the number of digits. Amounts are in pounds."
_ONE_AMOUNT = "Enter one amount in pounds, such as 1234 or 1,234.50. Put words into the notes."
_NUMBER_FORMAT = "Set the format of the cell to Number, then check the amount."
_ESTIMATE_OR_LATER = (
    "Enter an estimate. If you have none yet, clear this cell and choose 'Not yet quantified' in {status_cell}."
)


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
    remedy = "Enter an estimate. If you have none yet, choose 'Not yet quantified' in {status_cell}."
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
    remedy = _DIGITS


class AboveLineLimit(Block):
    rule = "D79"
    wrong = "This is more than {limit}, which no line comes near."
    remedy = f"{_DIGITS} If it is right, ask finance to raise the limit of a line."
    limit: Decimal


class AboveLimit(Block):
    rule = "D79"
    wrong = "This is more than {limit}, which the whole council does not come near."
    remedy = f"{_DIGITS} If it is right, ask finance to raise the limit of the council."
    limit: Decimal


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
