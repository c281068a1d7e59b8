"""What is said of the Return sheet: who, what, when, which version, signed by whom; and of the file as a whole.

Here belong the findings on the Return sheet's labels. Not here: its control totals (``findings.words.sheets``),
and cells that cannot be read (``findings.words.cells``).
"""

from __future__ import annotations

from datetime import date

from sources.findings.fault import Block, Certify, Hold, Warn
from sources.findings.findings import WhoActs
from sources.findings.words.layout import VERY_HIDDEN

# Which return it is.


class NotAReturn(Block):
    rule = "D03"
    code = "not-a-return"
    wrong = "This is not a savings return: it has no visible sheet Return with the labels of the template."
    remedy = "Fill in the template and send that."


class OtherCouncil(Block):
    rule = "D03"
    code = "other-council"
    wrong = "This workbook was made for another council, with the code {theirs}. Ours is {ours}."
    remedy = "Fill in the workbook on your own desk and send that."
    theirs: str
    ours: str


class ReturnHidden(Block):
    rule = "D03"
    code = "not-a-return"
    wrong = "The sheet Return is hidden."
    remedy = "Unhide the sheet Return."


class ReturnVeryHidden(ReturnHidden):
    wrong = "The sheet Return is hidden in a way that Excel does not let you undo."
    remedy = VERY_HIDDEN


class TwoReturnSheets(Block):
    rule = "D03"
    code = "sheet-ambiguous"
    wrong = "The workbook has several visible sheets named Return."
    remedy = "Keep one of them."


class LabelTwice(Block):
    rule = "D03"
    wrong = "This label is there twice, also for {other}."
    remedy = "Keep one of them."
    other: str


class UnknownTemplate(Block):
    rule = "D02"
    code = "template-version"
    wrong = "This return is made from template {version}. We now use template {current}."
    remedy = "Get the current template, copy your figures into it and send that."
    version: str
    current: str


class OlderTemplate(Warn):
    rule = "D02"
    wrong = "This return is made from template {version}. We now use template {current}."
    remedy = "Use the current template for the next period."
    version: str
    current: str


class UnknownFolder(Block):
    rule = "D03"
    code = "unknown-directorate"
    wrong = "The folder '{folder}' does not belong to a directorate."
    remedy = "Put the file into your directorate's folder."
    folder: str


class UnknownDirectorate(Block):
    rule = "D03"
    code = "unknown-directorate"
    wrong = "This is not a directorate of the council."
    remedy = "Choose one from the list."


class OtherDirectoratesFolder(Block):
    rule = "D03"
    code = "not-authorised-for"
    wrong = "The return is for {directorate}, but it is in the folder of {folder}."
    remedy = "Put it into the folder {directorate}, or correct the directorate."
    directorate: str
    folder: str


class DirectorateNotInForce(Block):
    rule = "D03"
    wrong = "This is not a directorate in {period} of {year}."
    remedy = "Choose one from the list."
    period: str
    year: str


class PeriodNotCollected(Block):
    rule = "D03"
    wrong = "We do not collect a return for {period} of {year}."
    remedy = "Choose a period that we collect."
    period: str
    year: str


class PeriodToCome(Block):
    rule = "D69"
    wrong = "{period} ends on {ends}. You can report it from {days:day} before that."
    remedy = "Choose the period that you report on."
    period: str
    ends: date
    days: int


class FileNameDiffers(Warn):
    rule = "D03"
    wrong = "The name of the file says {named}, but the sheet says {said}."
    remedy = "Check that you sent the right file. We used what the sheet says."
    named: str
    said: str


# Dates.


class AsAtDiffers(Warn):
    rule = "D49"
    wrong = "For {period} the figures should be as at {as_at}."
    remedy = "Correct the date."
    period: str
    as_at: date


class ReceivedLate(Warn):
    rule = "D50"
    who = WhoActs.NOBODY
    wrong = "We received this on {received}. It was due on {due}."
    remedy = "You need do nothing about this return."
    received: date
    due: date


class PreparedAfterReceipt(Block):
    rule = "D48"
    wrong = "This is after the day we received the file ({received})."
    remedy = "Enter the day you prepared it."
    received: date


# Who prepared and signed it.


class NotACouncilAddress(Block):
    rule = "D03"
    wrong = (
        "This email address ends in @{ending}, which is not the council's.",
        "This is not an email address of the council.",
    )
    remedy = "Enter one that ends in @{domain}."
    domain: str
    ending: str | None


class NotSigned(Certify):
    rule = "D52"
    wrong = "{post} has not signed off the return."
    remedy = "A certified return needs both sign-offs."
    post: str


class SignedWithoutDate(Certify):
    rule = "D52"
    wrong = "{post} signed off, but not on which day."
    remedy = "Enter the day of sign-off."
    post: str


class SignedTooEarly(Certify):
    rule = "D52"
    wrong = "{post} signed off before the return was prepared."
    remedy = "Have it signed off again, and enter that day."
    post: str


class PartnerNotListed(Certify):
    rule = "D52"
    wrong = "This finance business partner is not listed for {directorate}."
    remedy = "Ask finance to list them, or have it signed off by one who is listed."
    directorate: str


# Which version it replaces.


class RestatementWithoutReason(Block):
    rule = "D03"
    wrong = "A restatement needs a reason of at least {characters} characters."
    remedy = "Explain why figures of an earlier period change."
    characters: int


class OtherTypeFits(Block):
    rule = "D67"
    code = "version-conflict"
    wrong = (
        "For {period} of {year} we have version {version}, certified or followed by a later period.",
        "For {period} of {year} we have version {replaced}.",
        "For {period} of {year} we have no return yet.",
    )
    remedy = "Choose {fitting} in [return_type]."
    period: str
    year: str
    version: int | None
    replaced: int | None
    fitting: str


class NothingToReplace(Block):
    rule = "D67"
    code = "version-conflict"
    wrong = "For {period} of {year} we have no return that you could replace."
    remedy = "Leave this blank."
    period: str
    year: str


class ReplacedVersionMissing(Block):
    rule = "D67"
    code = "version-conflict"
    wrong = "We already have version {version}, and this return does not say that it replaces it."
    remedy = "Enter {version}."
    version: int


class OtherVersionInForce(Block):
    rule = "D67"
    code = "version-conflict"
    wrong = "Version {named} is not the latest that we accepted. That is version {version}."
    remedy = "Look at version {version} first. If yours replaces it, enter {version} and choose {fitting}."
    named: int
    version: int
    fitting: str


class ReplacesCertified(Hold):
    rule = "D78"
    wrong = "For {period} of {year} we have version {version}, which is certified. This return would replace it."
    remedy = "Check that its figures have to change. A named post decides whether they do."
    period: str
    year: str
    version: int
