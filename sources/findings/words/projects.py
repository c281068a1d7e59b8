"""What is said of projects, funds, risks, proposed changes of the plan and ideas.

Here belong the findings on the sheets after Deferrals, and where the Savings sheet points to them. Not here:
cells that cannot be read (``findings.words.cells``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sources.findings.fault import Block, Warn
from sources.findings.findings import WhoActs


class NotOnItsSheet(Block):
    rule = "D16"
    wrong = "{ref} is not on the sheet {target}."
    remedy = ("Did you mean {near}?", "Add it to the sheet {target}, or correct the reference.")
    live = "This is not on the sheet {target}."
    ref: str
    target: str
    near: str | None


class DeferredWithoutMilestone(Warn):
    rule = "D43"
    wrong = "All of this saving is deferred, but its project {project} has no next milestone."
    remedy = "Enter [next_milestone_date] of the project ({where})."
    project: str
    where: str


class ProjectNotPrinted(Warn):
    rule = "D56"
    who = WhoActs.NOBODY
    wrong = "The council's report does not list the project of this saving ({baseline})."
    remedy = "You need do nothing. Finance shows how much of the savings the report lists."
    baseline: Decimal


class ClosedWithMilestone(Warn):
    rule = "D57"
    wrong = "The project is Closed, but it has a milestone in the future."
    remedy = "Correct the stage or the milestone."


class ClosedWithoutEnd(Warn):
    rule = "D57"
    wrong = "The project is Closed, but it has no end date."
    remedy = "Enter the day it ended."


class ClosedButNotEnded(Warn):
    rule = "D57"
    wrong = "The project is Closed, but it ends after {as_at}."
    remedy = "Correct the stage or the day."
    as_at: date


class FundAmountTooLarge(Block):
    rule = "D59"
    wrong = "This is more than {larger:column} ({limit})."
    remedy = "Correct one of the two: drawn is never more than committed, and committed never more than approved."
    live = "This is more than {larger:column}."
    larger: str
    limit: Decimal


class EstimateTooLarge(Block):
    rule = "D80"
    wrong = "This is more than {larger:column} ({limit})."
    remedy = "Correct one of the two: low is never more than likely, and likely never more than high."
    live = "This is more than {larger:column}."
    larger: str
    limit: Decimal


class FundWithoutSaving(Warn):
    rule = "D60"
    wrong = "No saving names the fund {fund}."
    remedy = "Enter it on its saving, or choose Yes in [is_enabling]."
    fund: str


class OtherProjectName(Warn):
    rule = "D71"
    wrong = "{owner} calls {project} by another name."
    remedy = "Use the name that {owner} gives it. Until you do, we use that name."
    owner: str
    project: str


class LikelihoodOffScale(Block):
    rule = "D09"
    wrong = "The likelihood is not between 1 and 5."
    remedy = "Enter a whole number from 1 (rare) to 5 (almost certain)."


class TransferWithoutReceiver(Block):
    rule = "D10"
    wrong = "A Transfer needs the directorate that receives it."
    remedy = "Choose the directorate."
