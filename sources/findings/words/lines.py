"""What is said of one line of the Savings sheet: its amounts, words and dates against each other.

Here belong the findings that look at one row, and at the same saving on the Deferrals sheet. Not here: a cell
by itself (``findings.words.cells``), several rows (``findings.words.sheets``), the plan and earlier returns
(``findings.words.plan``, ``findings.words.history``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sources.findings.fault import Block, Certify, Warn
from sources.findings.findings import Severity

# Where each pound of the baseline goes.


class Unexplained(Warn):
    rule = "D22"
    wrong = "{amount} of the baseline is not projected, deferred or undeliverable."
    remedy = "Say where it goes. Until you do, the return cannot be certified."
    amount: Decimal


class UnexplainedWhenCertified(Unexplained):
    severity = Severity.CERTIFY


class PlacedTwice(Block):
    rule = "D22"
    wrong = "The projected, deferred and undeliverable amounts are {amount} more than the baseline."
    remedy = "Count every pound of the baseline once. Projected saving counts up to the baseline."
    live = "The projected, deferred and undeliverable amounts are more than the baseline."
    amount: Decimal


class NoDecision(Certify):
    rule = "D21"
    wrong = "You cannot write off a saving without a decision."
    remedy = "Enter its reference in [decision_ref]. Until then the amount is unexplained."


class DecisionNotRecorded(Certify):
    rule = "D21"
    wrong = "This decision is not recorded."
    remedy = "Ask finance to record it. Until then the amount is unexplained."


class FarAboveBaseline(Warn):
    rule = "D34"
    wrong = "This is {over:.0%} above the baseline of {baseline}."
    remedy = "Check it. The part above the baseline is reported separately and makes up for no other saving."
    over: Decimal
    baseline: Decimal


# Deferrals.


class NotALaterYear(Block):
    rule = "D18"
    wrong = "A saving can only be deferred to a year after {plan_year} (its plan year) and after {year} (this year)."
    remedy = "Enter the later year."
    live = "A saving can only be deferred to a year after its plan year and after this year."
    plan_year: str
    year: str


class AmountWithoutYear(Block):
    rule = "D19"
    wrong = "{amount} is deferred, but no year is given."
    remedy = "Enter the year it is deferred to."
    live = "An amount is deferred, but no year is given."
    amount: Decimal


class YearWithoutAmount(Block):
    rule = "D19"
    wrong = "This line is deferred to {year}, but no amount is deferred."
    remedy = "Enter the amount, or clear [deferred_to_year]."
    live = "This line is deferred to a later year, but no amount is deferred."
    year: str


class NotApplicableReadAsZero(Warn):
    rule = "D09"
    wrong = "We read this as 0, but less than the baseline is projected."
    remedy = "Enter the amount that is deferred, or 0."


# Words that do not agree with the amounts.


class DeliveredButNotSaved(Warn):
    rule = "D32"
    wrong = "The status is Delivered, but less than the baseline has been saved so far."
    remedy = "Correct the status or the amount."


class DelayedButNotDeferred(Warn):
    rule = "D32"
    wrong = "The status is Delayed, but no amount is deferred."
    remedy = "Correct the status, or enter the deferred amount."


class UndeliverableWithoutAmount(Warn):
    rule = "D32"
    wrong = "The status is Undeliverable, but no amount is undeliverable."
    remedy = "Correct the status or the amount."


class OtherRag(Warn):
    rule = "D33"
    wrong = "By its amounts this line is {derived}."
    remedy = "Check which is right, and correct RAG or the amounts."
    derived: str


class CashableCostAvoidance(Block):
    rule = "D37"
    wrong = "Cost avoidance cannot be cashable."
    remedy = "Choose Non-cashable."


class NoFullYearEffect(Block):
    rule = "D10"
    wrong = "A recurrent saving needs its full-year effect."
    remedy = "Enter what it saves in twelve months."


class PartYearAboveFullYear(Warn):
    rule = "D39"
    wrong = "The saving starts during the year, but more is projected than its full-year effect of {full_year}."
    remedy = "Check both amounts and the start date."
    full_year: Decimal


class NoBudgetReduced(Certify):
    rule = "D53"
    wrong = "A cashable saving has been made, but no budget is named."
    remedy = "Enter the code of the budget that was reduced."


# Years and dates of a line.


class PlanYearTooFar(Block):
    rule = "D17"
    wrong = "Plan years go from {first} to {last}."
    remedy = "Enter the year like this: 2026/27."
    first: str
    last: str


class YearNotInCalendar(Block):
    rule = "D17"
    wrong = "The council's calendar goes from {first} to {last}."
    remedy = "Check the year. If it is right, ask finance to add it to the calendar."
    first: str
    last: str


class DateOutOfRange(Block):
    rule = "D48"
    wrong = "{entered} is not between {earliest} and {latest}."
    remedy = "Check the year."
    entered: date
    earliest: date
    latest: date


class StartsTooLate(Block):
    rule = "D48"
    wrong = "The saving starts after {latest}, by when it was due."
    remedy = "Correct the start date, or defer the amount to a later year."
    latest: date


# Free text.


class PersonalData(Warn):
    rule = "D65"
    wrong = "This may contain personal data, such as an email address."
    remedy = "Name posts, not people, and remove addresses."


class NoExplanation(Certify):
    rule = "D51"
    wrong = "This needs an explanation of {why:and}."
    remedy = "Give the main causes, with amounts, in at least {characters} characters."
    why: tuple[str, ...]
    characters: int


class ExplanationWithoutAmount(Certify):
    rule = "D51"
    wrong = "Your explanation of {why:and} has no amount in it."
    remedy = "Give the main causes, with amounts."
    why: tuple[str, ...]


# What the explanation is asked for, by the rule that asks.
TO_EXPLAIN = {
    "D22": "the unexplained amount",
    "D23": "why more is saved than projected",
    "D29": "why the amount saved so far has fallen",
    "D30": "the change in projected saving",
    "D31": "why projected saving and RAG went different ways",
    "D34": "why so much more than the baseline is projected",
    "D39": "why part of a year saves more than a full year",
    "D42": "why it is deferred again",
}
