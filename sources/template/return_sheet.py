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
    column("template_version", "Template version", Kind.TEXT, _A, "The template fills this in. Do not change it."),
    column("directorate_code", "Directorate", Kind.LIST, _A, "Your directorate.", vocabulary="directorate"),
    column(
        "reporting_year", "Reporting year", Kind.YEAR, _A, "The financial year you are reporting in, such as 2026/27."
    ),
    column(
        "reporting_period",
        "Reporting period",
        Kind.PERIOD,
        _A,
        "P01 is April, P12 is March and P13 is closedown. The end of quarter 2 is P06.",
    ),
    column("as_at_date", "Figures as at", Kind.DATE, _A, "The last day of the period. For P13 that is 31 March."),
    column(
        "return_type",
        "Type of return",
        Kind.LIST,
        _A,
        "Choose Initial the first time you send this period. The receipt says which to choose after that.",
        vocabulary="return_type",
    ),
    column(
        "supersedes_version",
        "Version this replaces",
        Kind.INTEGER,
        _C,
        "The number of the version that was accepted last. Leave it blank if this is Initial.",
    ),
    column(
        "restatement_reason",
        "Reason for the restatement",
        Kind.NARRATIVE,
        _C,
        "Only for a Restatement: why you are changing an earlier period.",
        max_length=2000,
    ),
    column(
        "value_unit",
        "Unit of amounts",
        Kind.LIST,
        _A,
        "GBP means pounds, with or without pence, never thousands.",
        vocabulary="value_unit",
    ),
    column(
        "sign_convention",
        "Sign of savings",
        Kind.LIST,
        _A,
        "A saving is a positive number.",
        vocabulary="sign_convention",
    ),
    column(
        "control_row_count",
        "Number of savings",
        Kind.INTEGER,
        _A,
        "How many savings are on the Savings sheet. The template counts them.",
    ),
    column("control_baseline", "Total baseline (£)", Kind.MONEY, _A, "The template adds up the baselines."),
    column("control_achieved", "Total saved so far (£)", Kind.MONEY, _A, "The template adds up what is saved so far."),
    column(
        "control_projected",
        "Total projected saving (£)",
        Kind.MONEY,
        _A,
        "The template adds up the projected savings as you entered them.",
    ),
    column("control_deferred", "Total deferred (£)", Kind.MONEY, _A, "The template adds up what is deferred."),
    column(
        "control_undeliverable",
        "Total undeliverable (£)",
        Kind.MONEY,
        _A,
        "The template adds up what is undeliverable.",
    ),
    column("prepared_by", "Prepared by", Kind.TEXT, _A, "Your name.", is_private=True),
    column(
        "prepared_by_email",
        "Email address",
        Kind.TEXT,
        _A,
        "Your council email address, for questions about this return.",
        is_private=True,
    ),
    column("prepared_date", "Date prepared", Kind.DATE, _A, "The day you prepared this return."),
    column(
        "director_name",
        "Director",
        Kind.TEXT,
        _C,
        "Only for a Certified return: the name of the director who signed it.",
        is_private=True,
    ),
    column(
        "director_signoff_date",
        "Director signed on",
        Kind.DATE,
        _C,
        "Only for a Certified return: the day the director signed it.",
    ),
    column(
        "finance_bp_name",
        "Finance business partner",
        Kind.TEXT,
        _C,
        "Only for a Certified return: the name of the finance business partner who signed it.",
        is_private=True,
    ),
    column(
        "finance_bp_signoff_date",
        "Finance business partner signed on",
        Kind.DATE,
        _C,
        "Only for a Certified return: the day the finance business partner signed it.",
    ),
    column(
        "status",
        "Status of the return",
        Kind.LIST,
        _A,
        "Choose Certified once both have signed. Choose Provisional until then.",
        vocabulary="certification",
    ),
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
