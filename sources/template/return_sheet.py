"""The Return sheet: who reports what, for when, with which control totals, signed by whom.

Here belongs the declaration of its labels. Not here: the table sheets (``savings_sheet``,
``other_sheets``).
"""

from __future__ import annotations

from sources.template.kinds import Column, Kind, Need, column

_A, _C, _O = Need.ALWAYS, Need.CONDITIONAL, Need.OPTIONAL

RETURN_SHEET = "Return"

# Label in column A, value in column B.
RETURN_FIELDS: tuple[Column, ...] = (
    column("template_version", "Template version", Kind.TEXT, _A, "Filled in by the template; leave it."),
    column("directorate_code", "Directorate", Kind.LIST, _A, "Your directorate.", vocabulary="directorate"),
    column("reporting_year", "Reporting year", Kind.YEAR, _A, "The financial year you report in, as 2021/22."),
    column(
        "reporting_period", "Reporting period", Kind.PERIOD, _A, "P01 (April) to P13 (closedown); quarter 2 is P06."
    ),
    column("as_at_date", "Figures as at", Kind.DATE, _A, "The last day of the period; 31 March for P13."),
    column(
        "return_type",
        "Type of return",
        Kind.LIST,
        _A,
        "Initial unless a version is in force already.",
        vocabulary="return_type",
    ),
    column(
        "supersedes_version", "Version this replaces", Kind.INTEGER, _C, "The version now in force, unless Initial."
    ),
    column(
        "restatement_reason",
        "Reason for the restatement",
        Kind.NARRATIVE,
        _C,
        "For a Restatement: why an earlier period changes.",
        max_length=2000,
    ),
    column(
        "value_unit",
        "Unit of amounts",
        Kind.LIST,
        _A,
        "GBP: whole pounds or pence, never thousands.",
        vocabulary="value_unit",
    ),
    column(
        "sign_convention",
        "Sign of savings",
        Kind.LIST,
        _A,
        "saving_positive: a saving is a positive number.",
        vocabulary="sign_convention",
    ),
    column(
        "control_row_count", "Number of savings", Kind.INTEGER, _A, "How many rows the Savings sheet has (a formula)."
    ),
    column("control_baseline", "Total baseline (£)", Kind.MONEY, _A, "Sum of the baselines (a formula)."),
    column("control_achieved", "Total saved so far (£)", Kind.MONEY, _A, "Sum of what is saved so far (a formula)."),
    column(
        "control_projected",
        "Total projected saving (£)",
        Kind.MONEY,
        _A,
        "Sum of the projected savings as entered, before any cap (a formula).",
    ),
    column("control_deferred", "Total deferred (£)", Kind.MONEY, _A, "Sum of what is deferred (a formula)."),
    column(
        "control_undeliverable", "Total undeliverable (£)", Kind.MONEY, _A, "Sum of what is undeliverable (a formula)."
    ),
    column("prepared_by", "Prepared by", Kind.TEXT, _A, "Who prepared this return.", is_private=True),
    column(
        "prepared_by_email", "Email address", Kind.TEXT, _A, "Council e-mail address for questions.", is_private=True
    ),
    column("prepared_date", "Date prepared", Kind.DATE, _A, "The day it was prepared."),
    column(
        "director_name", "Director", Kind.TEXT, _C, "For a Certified return: the director who signs.", is_private=True
    ),
    column(
        "director_signoff_date",
        "Director signed on",
        Kind.DATE,
        _C,
        "For a Certified return: when the director signed.",
    ),
    column(
        "finance_bp_name",
        "Finance business partner",
        Kind.TEXT,
        _C,
        "For a Certified return: the finance business partner.",
        is_private=True,
    ),
    column(
        "finance_bp_signoff_date",
        "Finance business partner signed on",
        Kind.DATE,
        _C,
        "For a Certified return: when they signed.",
    ),
    column("status", "Status of the return", Kind.LIST, _A, "Provisional or Certified.", vocabulary="certification"),
)

# Where the first label is, counted from 1; the title and what is to be done are above it.
FIRST_FIELD_ROW = 5
ROW_COUNT = "control_row_count"
# Label of the Return sheet to the column of Savings that it adds up.
CONTROL_TOTALS = {
    "control_baseline": "baseline_gbp",
    "control_achieved": "achieved_to_date_gbp",
    "control_projected": "projected_gbp",
    "control_deferred": "deferred_gbp",
    "control_undeliverable": "undeliverable_gbp",
}
# What the template itself fills in, and nobody changes.
FIXED_FIELDS = frozenset({"template_version", "value_unit", "sign_convention", ROW_COUNT, *CONTROL_TOTALS})
