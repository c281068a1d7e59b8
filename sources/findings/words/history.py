"""What is said of a return beside earlier and later ones: slips of units and digits, what moved, what fell.

Here belong the findings that need another return. Not here: missing lines (``findings.words.plan``), and which
version is replaced (``findings.words.form``).
"""

from __future__ import annotations

from decimal import Decimal

from sources.findings.fault import Block, Hold, Warn
from sources.findings.findings import Severity
from sources.findings.words.plan import LOOKS_LIKE_THOUSANDS

# Against the previous period.


class FarBelowLastPeriod(Hold):
    rule = "D12"
    wrong = "In the previous period this was {before}."
    remedy = LOOKS_LIKE_THOUSANDS
    before: Decimal


class FarAboveLastPeriod(Hold):
    rule = "D12"
    wrong = "In the previous period this was {before}."
    remedy = "Check the unit. Amounts are in whole pounds."
    before: Decimal


class AllInThousands(Hold):
    rule = "D12"
    wrong = "{small} of {lines} projected amounts are about a thousandth of their baseline ({cells})."
    remedy = LOOKS_LIKE_THOUSANDS
    small: int
    lines: int
    cells: tuple[str, ...]


class ColumnInThousands(Hold):
    rule = "D12"
    wrong = "{small} of {lines} amounts in this column are about a thousandth of the projected saving ({cells})."
    remedy = LOOKS_LIKE_THOUSANDS
    small: int
    lines: int
    cells: tuple[str, ...]


class DigitSlip(Hold):
    rule = "D13"
    wrong = "In the previous period this was {before}. There may be a digit too many or too few."
    remedy = "Check the digits. If the amount is right, a named post can release your return."
    before: Decimal


class SavedHasFallen(Warn):
    rule = "D29"
    wrong = "The amount saved so far has fallen from {before} to {now}."
    remedy = "Explain it in [variance_explanation]."
    before: Decimal
    now: Decimal


class ProjectionMoved(Warn):
    rule = "D30"
    wrong = "Projected saving has changed by {moved}, from {before}."
    remedy = "Give the main causes in [variance_explanation], with amounts."
    moved: Decimal
    before: Decimal


class AgainstTheRag(Warn):
    rule = "D31"
    wrong = "Projected saving has changed by {moved}, but RAG went from {before} to {now}."
    remedy = "Check both, and explain them in [variance_explanation]."
    moved: Decimal
    before: str
    now: str


class NothingChanged(Warn):
    rule = "D70"
    wrong = "On every line the amount saved so far and the projected saving are the same as for {period} of {year}."
    remedy = "Check that you have brought the lines up to date."
    period: str
    year: str


class NothingChangedAtClosedown(NothingChanged):
    severity = Severity.HOLD


class SameSavingElsewhere(Warn):
    rule = "D58"
    wrong = "{other} reports the same title and baseline as {ref}."
    remedy = "Check that you do not both count one saving."
    other: str
    ref: str


# Over the years.


class DeferredAgain(Warn):
    rule = "D42"
    wrong = "This line has been deferred {times} times: to {years}."
    remedy = "Explain in [variance_explanation] why it moves again."
    times: int
    years: str


class BelowTheClose(Block):
    rule = "D54"
    wrong = "This is less than the {least} that counted at the end of the year before."
    remedy = "Enter the saving since the line began, or send the earlier year again as a restatement."
    least: Decimal


class CloseAboveLaterPeriod(Warn):
    rule = "D72"
    wrong = "This is more than your return for {period} of {year} has ({later})."
    remedy = "Send {period} of {year} again."
    period: str
    year: str
    later: Decimal


class SavedIsNotWhatCounts(Warn):
    rule = "D76"
    wrong = "By the end of the year {saved} of the baseline has been saved, but {counted} counts as projected."
    remedy = "For P13 enter the amount that was saved in [achieved_to_date_gbp] and in [projected_gbp]."
    live = "The year has ended, but the saving so far is not the saving projected."
    saved: Decimal
    counted: Decimal


class SavedIsNotWhatCountsWhenCertified(SavedIsNotWhatCounts):
    severity = Severity.CERTIFY


class SavedBeforePlanYear(Warn):
    rule = "D77"
    wrong = "{saved} has been saved before the plan year {plan_year}."
    remedy = "Check the plan year. If it is right, the amount counts from that year on."
    live = "This has been saved before the plan year."
    saved: Decimal
    plan_year: str
