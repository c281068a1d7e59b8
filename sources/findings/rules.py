"""The catalogue of checks D01 to D80: what each is called, what it does, who must act, where it is judged.

Here belongs what every finding refers to; it is loaded as ``raw.rule``. Not here: how a rule is
applied (``judging.checks`` and its siblings, ``reference``, the expectations). Numbers D47 and D61 are
not used.

Source: the return specification, "Checks".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sources.findings.findings import Severity, WhoActs


class JudgedAt(StrEnum):
    """Where a rule is applied: on a return, on the reference folder, or on the built warehouse."""

    INTAKE = "intake"
    REFERENCE = "reference"
    EVIDENCE = "evidence"


@dataclass(frozen=True)
class Rule:
    """One check of the catalogue.

    Attributes:
        code: ``D09``.
        name: The rule as a short sentence.
        severities: Every severity a finding of it may have, the usual one first.
        who_fixes: Who has to act.
        judged_at: Where it is applied.
    """

    code: str
    name: str
    severities: tuple[Severity, ...]
    who_fixes: WhoActs
    judged_at: JudgedAt

    @property
    def severity(self) -> str:
        """Return the severities as the specification prints them, ``W, C``."""
        return ", ".join(severity.value for severity in self.severities)

    @property
    def sort_order(self) -> int:
        """Return the rule's number, which is its place in every list."""
        return int(self.code.removeprefix("D"))


def _rule(
    code: str,
    severities: str,
    name: str,
    who_fixes: WhoActs = WhoActs.DIRECTORATE,
    judged_at: JudgedAt = JudgedAt.INTAKE,
) -> Rule:
    return Rule(code, name, tuple(Severity(letter) for letter in severities), who_fixes, judged_at)


_FINANCE, _DATA_TEAM = WhoActs.FINANCE, WhoActs.DATA_TEAM
_REFERENCE, _EVIDENCE = JudgedAt.REFERENCE, JudgedAt.EVIDENCE

RULES: tuple[Rule, ...] = (
    _rule("D01", "BW", "The file is a readable Excel workbook (.xlsx), not encrypted and harmless."),
    _rule("D02", "BW", "The template version is the current one; one version behind warns."),
    _rule("D03", "BW", "The Return sheet is complete, and its directorate, year and period are valid and collected."),
    _rule("D04", "B", "There is one and only one visible Savings sheet, and none in a Nil return."),
    _rule("D05", "BW", "Every required column is present, and no other column holds numbers."),
    _rule("D06", "B", "The header row is found once, with one name a cell."),
    _rule("D07", "B", "No input cell holds an error such as #REF!."),
    _rule("D08", "BW", "No input cell holds a formula that was not calculated; a calculated one warns."),
    _rule(
        "D09", "BW", "Amounts and other typed cells are read in full by their grammar; a reading worth seeing warns."
    ),
    _rule("D10", "BW", "Required cells are filled: the baseline always, projected unless Not yet quantified."),
    _rule("D11", "B", "No amount is negative."),
    _rule("D12", "H", "Amounts are in pounds, not thousands."),
    _rule("D13", "H", "No digit was dropped or inserted since the previous period."),
    _rule("D14", "B", "Every reference has the pattern that the council set for it."),
    _rule("D15", "B", "Every row's key stands once on its sheet."),
    _rule("D16", "B", "Every project_ref exists on the Projects sheet, every fund_ref on the Investment sheet."),
    _rule("D17", "B", "Every financial year is valid and was not turned into a date by Excel."),
    _rule("D18", "B", "A deferral goes to a year after the plan year and after the reporting year."),
    _rule("D19", "B", "A deferred amount has a year, and a deferred-to year has an amount."),
    _rule("D20", "B", "The Deferrals sheet adds up to the Savings sheet, line by line."),
    _rule("D21", "C", "An undeliverable amount has a recorded decision."),
    _rule("D22", "WCB", "Nothing of the baseline is unexplained, and nothing is placed twice."),
    _rule("D23", "WB", "Achieved is not more than projected."),
    _rule("D24", "B", "Every total row equals the sum of its rows."),
    _rule("D25", "B", "The control totals equal the rows as entered."),
    _rule("D26", "B", "Baseline, plan year and cashable of a registered line equal the plan in force."),
    _rule("D27", "B", "No open line is missing, and a return without lines is a Nil return."),
    _rule("D28", "W", "Every line is registered in the plan in force; one that is not is quarantined.", _FINANCE),
    _rule("D29", "W", "Achieved to date does not fall."),
    _rule("D30", "W", "Projected does not move by more than £50,000 and a tenth without being noticed."),
    _rule("D31", "W", "Projected and RAG do not move in opposite directions."),
    _rule("D32", "W", "The status word agrees with the amounts."),
    _rule("D33", "W", "The submitted RAG agrees with the derived one."),
    _rule("D34", "W", "Projected is not above the baseline by more than half."),
    _rule("D35", "W", "Projected amounts are not mostly round thousands."),
    _rule("D36", "W", "No figure above £1,000 stands in three or more lines of one column."),
    _rule("D37", "B", "Cost avoidance is Non-cashable."),
    _rule("D38", "W", "A One-off saving does not come again in the next year under the same reference."),
    _rule("D39", "W", "In its first part year a recurrent saving projects no more than its full-year effect."),
    _rule("D40", "B", "A replacement has baseline 0 and an existing target, without a cycle."),
    _rule("D41", "B", "Transfers in plan_change.csv net to zero.", _FINANCE, _REFERENCE),
    _rule("D42", "W", "No line is deferred twice or more."),
    _rule("D43", "W", "A line that is deferred whole has a next milestone on its project."),
    _rule("D44", "W", "No data is hidden, filtered out of sight or far below the rest."),
    _rule("D45", "BW", "No amount stands in merged cells; merged labels are filled down with a warning."),
    _rule("D46", "W", "References and codes are written as registered, without stray spaces, dashes or case."),
    _rule("D48", "B", "Every date is a plausible day."),
    _rule("D49", "W", "The as-at date is the last day of the period."),
    _rule("D50", "W", "The return was received by its due day."),
    _rule("D51", "C", "A line that warns has an explanation with causes and amounts."),
    _rule("D52", "C", "The director and a listed finance business partner signed off after preparation."),
    _rule("D53", "C", "A delivered cashable saving names the budget that was reduced."),
    _rule("D54", "B", "After its plan year a line counts no less than at the close of the year before."),
    _rule("D55", "W", "Every expected directorate has reported or said Nil; else it is carried.", judged_at=_EVIDENCE),
    _rule("D56", "W", "Every baseline has a project that the report prints.", _FINANCE),
    _rule("D57", "W", "A Closed project has ended and has no milestone to come."),
    _rule("D58", "W", "No two references have the same title or project and the same amounts.", _FINANCE),
    _rule("D59", "B", "Drawn is not above committed, nor committed above approved."),
    _rule("D60", "W", "Every fund line has a saving line, or is enabling."),
    _rule("D62", "W", "Every published figure lies in its rounding interval.", _FINANCE, _EVIDENCE),
    _rule("D63", "B", "Every claim row fills year, status, as-at and basis.", _FINANCE, _REFERENCE),
    _rule("D64", "B", "The weights of a project's themes and workstreams sum to 1."),
    _rule("D65", "W", "Notes hold no personal data."),
    _rule("D66", "W", "Text that a spreadsheet would run as a formula is escaped on export.", _DATA_TEAM, _EVIDENCE),
    _rule("D67", "B", "The return type and supersedes_version fit what is in force."),
    _rule("D68", "B", "Every line belongs to the directorate that sends it."),
    _rule("D69", "B", "The period does not end more than seven days after receipt."),
    _rule(
        "D70", "WH", "Achieved and projected are not both the previous period's on every line, unless all is delivered."
    ),
    _rule("D71", "W", "A project's name agrees with its own directorate's return."),
    _rule("D72", "W", "A restated close does not rise above a later period in force."),
    _rule("D73", "BW", "No amount, code, date or list cell has a line through it, or is raised or lowered."),
    _rule("D74", "B", "No amount's number format shows a unit, word, digit or sign that the cell does not hold."),
    _rule("D75", "W", "No date is held at 22:00 or later, which may be the next day."),
    _rule("D76", "WC", "At closedown what is achieved is what counts."),
    _rule("D77", "W", "Nothing is achieved in a year before the plan year."),
    _rule("D78", "H", "A certified return is replaced only once a named post has released the new one."),
    _rule("D79", "B", "No amount is above what the council says that no line, or the whole council, comes near."),
    _rule("D80", "B", "The estimates of an idea run upwards: low, likely, high."),
)

_BY_CODE = {rule.code: rule for rule in RULES}


def rule_named(code: str) -> Rule:
    """Return the rule of that code.

    Raises:
        KeyError: If the catalogue has no such rule.
    """
    return _BY_CODE[code]
