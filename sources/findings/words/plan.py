"""What is said of a return beside the plan in force: whose line it is, what the plan says, what is missing.

Here belong the findings that need the plan. Not here: earlier returns (``findings.words.history``).
"""

from __future__ import annotations

from decimal import Decimal

from sources.findings.fault import Block, Warn

LOOKS_LIKE_THOUSANDS = "This looks like thousands. Enter whole pounds."
_ASK_FOR_A_CHANGE = "Correct it. To ask finance for another, propose it on the sheet PlanChanges."


class BaselineDiffers(Block):
    rule = "D26"
    wrong = "The plan has a baseline of {planned}."
    remedy = _ASK_FOR_A_CHANGE
    live = "The plan has another baseline."
    planned: Decimal


class BaselineInThousands(BaselineDiffers):
    remedy = LOOKS_LIKE_THOUSANDS


class CashableDiffers(Block):
    rule = "D26"
    wrong = "The plan has this line as {planned}."
    remedy = _ASK_FOR_A_CHANGE
    live = "The plan has another word here."
    planned: str


class PlanYearDiffers(Block):
    rule = "D26"
    wrong = "The plan has {ref} in {planned}."
    remedy = "Enter {planned}."
    ref: str
    planned: str


class NotYourLine(Block):
    rule = "D68"
    wrong = "By the plan, {ref} of {plan_year} belongs to {owner}."
    remedy = "Clear the cells of the row. Only finance moves lines between directorates."
    ref: str
    plan_year: str
    owner: str


class ReportedByAnother(Block):
    rule = "D68"
    wrong = "{other} has reported {ref} of {plan_year} for this period."
    remedy = "Agree with {other} which of you reports it. Two directorates cannot send the same line."
    ref: str
    plan_year: str
    other: str


class NotRegistered(Warn):
    rule = "D28"
    wrong = "{ref} of {plan_year} is not in the plan, so it is not counted yet."
    remedy = (
        "If you mean {near}, correct the reference. If not, you need do nothing: it counts once finance registers it.",
        "You need do nothing: it counts once finance registers it.",
    )
    ref: str
    plan_year: str
    near: str | None


class LineMissing(Block):
    rule = "D27"
    code = "line-missing"
    wrong = "The line {ref} of {plan_year} is missing. {why}"
    remedy = "Enter the line again."
    ref: str
    plan_year: str
    why: str


class LineMissingOrMistyped(LineMissing):
    remedy = (
        "This row has a line that is not in the plan: correct it if it is the same, or enter the missing line again."
    )


IN_THE_PLAN = "It is in the plan."
IN_YOUR_LAST_RETURN = "It was in your return for {period}."


class NilWithOpenLines(Block):
    rule = "D27"
    code = "line-missing"
    wrong = "You cannot send a Nil return, because you have {lines:open line} ({refs})."
    remedy = "Report on them, or ask finance to take them out of the plan."
    lines: int
    refs: tuple[str, ...]


class NoLines(Block):
    rule = "D27"
    code = "no-data"
    wrong = "The sheet has no rows, but this is not a Nil return."
    remedy = "Enter your lines, or choose Nil in [return_type] if you have none."
