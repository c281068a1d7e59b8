"""What the code asks a reference folder for by name: settings, words of vocabularies, permissions.

Here belongs what a council may give another value but not leave out. Not here: the values
(``reference/dorset``) and looking whether they are there (``folder_checks``).
"""

from __future__ import annotations

from dataclasses import dataclass

from sources.reference.folder_contract import FieldKind

# What a post may be allowed to do (post.csv, separated by ";"), as a sentence goes on after "may".
PERMISSIONS = {
    "hold": "release or reject what is held",
    "withdraw": "withdraw a return",
    "override": "let a large drop be published",
    "tag": "tag a release to a report",
    "confirm": "confirm a release that another post tagged",
    "rollback": "give readers an earlier release again",
    "waive": "waive a printed figure",
    "adopt": "adopt reference data",
}

# Names that stand for the whole council and for what the report does not say.
WHOLE_COUNCIL = "ALL"
NOT_STATED = "not stated"
# Codes that no directorate can have, in small letters, and why: no folder of that name would be its own.
KEPT_NAMES = {
    WHOLE_COUNCIL.lower(): "stands for the whole council",
    "receipts": "is the folder of receipts that are nobody's",
    "received": "is the folder of what was received",
    "recycled": "is a recycle bin, which is left alone",
    "recycler": "is a recycle bin, which is left alone",
}


@dataclass(frozen=True)
class Setting:
    """One row of ``setting.csv`` that the code asks for.

    Attributes:
        name: Its name.
        kind: How its value is typed.
        default: Its value in a folder from before there was the setting; None: it was always there.
    """

    name: str
    kind: FieldKind
    default: str | None = None


SETTINGS: tuple[Setting, ...] = (
    # Whose warehouse it is, as its pages and workbooks say; blank where a folder does not.
    Setting("council_name", FieldKind.TEXT, ""),
    # Part of every key in the warehouse, so that two councils share none; it never changes.
    Setting("council_code", FieldKind.TEXT, ""),
    Setting("saving_ref_pattern", FieldKind.PATTERN),
    Setting("project_ref_pattern", FieldKind.PATTERN),
    Setting("fund_ref_pattern", FieldKind.PATTERN),
    Setting("budget_code_pattern", FieldKind.PATTERN),
    Setting("email_domain", FieldKind.DOMAIN),
    # Where officers find the landing folders, one for each directorate; blank: they know theirs by its name.
    Setting("landing_path", FieldKind.TEXT, ""),
    # R46: shares of the baseline, then the weight of a counted pound.
    Setting("rag_red_counted_below", FieldKind.DECIMAL),
    Setting("rag_red_deferred_above", FieldKind.DECIMAL),
    Setting("rag_amber_counted_below", FieldKind.DECIMAL),
    Setting("rag_amber_deferred_above", FieldKind.DECIMAL),
    Setting("risk_weight_blue", FieldKind.DECIMAL),
    Setting("risk_weight_green", FieldKind.DECIMAL),
    Setting("risk_weight_amber", FieldKind.DECIMAL),
    Setting("risk_weight_red", FieldKind.DECIMAL),
    Setting("risk_weight_grey", FieldKind.DECIMAL),
    # D12
    Setting("unit_slip_factor", FieldKind.DECIMAL),
    Setting("unit_slip_band", FieldKind.DECIMAL),
    Setting("unit_slip_line_share", FieldKind.DECIMAL),
    # D13
    Setting("digit_shift_band", FieldKind.DECIMAL),
    Setting("digit_shift_tolerance_gbp", FieldKind.MONEY),
    # D30
    Setting("movement_gbp", FieldKind.MONEY),
    Setting("movement_share", FieldKind.DECIMAL),
    # D34
    Setting("over_projection_share", FieldKind.DECIMAL),
    # D35
    Setting("round_number_share", FieldKind.DECIMAL),
    Setting("round_number_lines", FieldKind.INTEGER),
    # D36
    Setting("identical_figure_gbp", FieldKind.MONEY),
    Setting("identical_figure_lines", FieldKind.INTEGER),
    # R51
    Setting("years_kept", FieldKind.INTEGER),
    # D48, D17
    Setting("earliest_date", FieldKind.DATE, "2019-04-01"),
    Setting("earliest_project_date", FieldKind.DATE, "2009-01-01"),
    Setting("latest_date", FieldKind.DATE, "2040-03-31"),
    Setting("first_plan_year", FieldKind.YEAR, "2019/20"),
    Setting("plan_years_ahead", FieldKind.INTEGER, "10"),
    # Figures that stop publishing: beyond these a figure was mistyped, or something was lost.
    Setting("line_limit_gbp", FieldKind.MONEY, "100000000"),
    Setting("council_limit_gbp", FieldKind.MONEY, "1000000000"),
    Setting("drop_guard_share", FieldKind.DECIMAL, "0.15"),
)

# Settings that were added, for a folder from before them.
SETTING_DEFAULTS = {setting.name: setting.default for setting in SETTINGS if setting.default is not None}

# Words that rules and checks speak of: a council may add to a vocabulary, never take these away.
REQUIRED_WORDS: dict[str, tuple[str, ...]] = {
    "return_type": ("Initial", "Resubmission", "Restatement", "Nil"),
    "value_unit": ("GBP",),
    "sign_convention": ("saving_positive",),
    "certification": ("Provisional", "Certified"),
    "benefit_type": ("Cost avoidance",),
    "cashable": ("Cashable", "Non-cashable"),
    "recurrence": ("Recurrent", "One-off"),
    "status": ("Delivered", "Delayed", "Undeliverable", "Withdrawn", "Not yet quantified"),
    "rag": ("Blue", "Green", "Amber", "Red", "Grey"),
    "project_stage": ("Closed",),
    "plan_change_type": ("New", "Increase", "Reduce", "Transfer", "Delete"),
}

# Lists without which no return can be sent or decided about, with what needs them.
NEEDED_LISTS: dict[str, str] = {
    "directorate": "somebody has to send returns",
    "financial_year": "a return is of a year",
    "reporting_calendar": "a return is of a period",
    "expected_return": "nobody is asked for a return",
    "service": "each line names one",
    "finance_bp": "a return is certified by one",
    "post": "somebody has to decide",
}

# Lists that may be empty, with what is then off.
OPTIONAL_LISTS: dict[str, str] = {
    "approved_plan": "There is no plan: every line waits in quarantine until one lists it.",
    "theme": "No themes: no project can name one.",
    "workstream": "No workstreams: no project can name one.",
    "printed_project": "No printed list of projects: the check D56 and the share of printed projects are off.",
    "published_claim": "No printed figures: nothing is compared with a report.",
    "printed_plan_total": "No printed totals of the plan: they are not held to the plan.",
    "report": "No report: a release cannot be tagged to one.",
    "fund": "No list of fund lines: a line's share and window are taken from returns.",
    "budget_gap": "No budget gap: its bridge is empty.",
    "programme_phase": "No phases: the roadmap has none.",
    "council_value": "No council values.",
}
