"""The Savings sheet: one row a saving line and plan year.

Here belongs the declaration of its columns. Not here: the other table sheets
(``other_sheets``).
"""

from __future__ import annotations

from sources.template.kinds import Kind, Need, Sheet, column

_A, _C, _O = Need.ALWAYS, Need.CONDITIONAL, Need.OPTIONAL

SAVINGS = Sheet(
    name="Savings",
    table="savings_line",
    key=("saving_ref", "plan_year"),
    is_required=True,
    own_columns=("unexplained", "projected_last_period_gbp", "explanation_needed", "to_mend"),
    columns=(
        column(
            "saving_ref",
            Kind.REF,
            _A,
            "Looks like AH-21-003; never changed, never used again.",
            pattern="saving_ref_pattern",
            aliases=("Saving reference", "Savings reference"),
        ),
        column(
            "project_ref",
            Kind.REF,
            _A,
            "A project of the Projects sheet.",
            pattern="project_ref_pattern",
            aliases=("Project reference",),
        ),
        column(
            "saving_title",
            Kind.TEXT,
            _A,
            "A short title, 120 characters at most.",
            max_length=120,
            aliases=("Title", "Title of saving"),
        ),
        column(
            "service", Kind.LIST, _A, "A service of your directorate.", vocabulary="service", aliases=("Service area",)
        ),
        column(
            "plan_year",
            Kind.YEAR,
            _A,
            "The year in which the saving was first budgeted.",
            aliases=("Year of plan", "Year first budgeted"),
        ),
        column(
            "benefit_type",
            Kind.LIST,
            _A,
            "What kind of benefit it is.",
            vocabulary="benefit_type",
            aliases=("Type of benefit",),
        ),
        column(
            "cashable",
            Kind.LIST,
            _A,
            "Cashable: a budget is reduced by it.",
            vocabulary="cashable",
            aliases=("Cashability",),
        ),
        column(
            "recurrence",
            Kind.LIST,
            _A,
            "Recurrent goes on each year; One-off is this year only.",
            vocabulary="recurrence",
            aliases=("Recurrent or one-off",),
        ),
        column("start_date", Kind.DATE, _A, "When the saving starts.", aliases=("Date of start",)),
        column(
            "baseline_gbp",
            Kind.MONEY,
            _A,
            "From the approved plan; finance changes it, not you.",
            aliases=("Baseline", "Baseline total"),
        ),
        column(
            "full_year_effect_gbp",
            Kind.MONEY,
            _C,
            "Twelve months' effect of what is projected and deferred here.",
            aliases=("Full year effect",),
        ),
        column(
            "achieved_to_date_gbp",
            Kind.MONEY,
            _A,
            "Achieved since the plan year began.",
            aliases=("Achieved", "Achieved to date", "Savings achieved"),
        ),
        column(
            "projected_gbp",
            Kind.MONEY,
            _C,
            "Expected by the end of the reporting year, achieved included.",
            aliases=("Projected", "Projected saving", "Projected savings"),
        ),
        column(
            "deferred_gbp",
            Kind.MONEY_OR_NA,
            _A,
            "Moved to a later year; N/A if the line cannot be deferred.",
            aliases=("Deferred", "Deferred savings", "Savings deferred"),
        ),
        column(
            "deferred_to_year",
            Kind.YEAR_OR_MULTIPLE,
            _C,
            "The later year, or Multiple with rows on Deferrals.",
            aliases=("Deferred to",),
        ),
        column(
            "undeliverable_gbp",
            Kind.MONEY,
            _A,
            "Declared undeliverable; needs a recorded decision.",
            aliases=("Undeliverable", "Undeliverable savings", "Savings undeliverable"),
        ),
        column(
            "status",
            Kind.LIST,
            _A,
            "Where the saving stands.",
            vocabulary="status",
            aliases=("Saving status", "Status of saving"),
        ),
        column(
            "rag",
            Kind.LIST,
            _A,
            "The RAG word; colour alone is not read.",
            vocabulary="rag",
            aliases=("RAG rating", "RAG status"),
        ),
        column(
            "variance_explanation",
            Kind.NARRATIVE,
            _C,
            "Causes and their sizes, wherever a check asks.",
            max_length=2000,
            aliases=("Explanation", "Explanation of variance"),
        ),
        column(
            "replaces_ref",
            Kind.REF,
            _O,
            "The line this one replaces; then the baseline is 0.",
            pattern="saving_ref_pattern",
            aliases=("Replaces",),
        ),
        column(
            "fund_ref",
            Kind.REF,
            _O,
            "A fund line of the Investment sheet.",
            pattern="fund_ref_pattern",
            aliases=("Fund reference",),
        ),
        column(
            "budget_code",
            Kind.REF,
            _C,
            "The budget that was reduced, once a cashable saving is achieved.",
            pattern="budget_code_pattern",
        ),
        column(
            "maturity",
            Kind.LIST,
            _A,
            "How far the proposal is developed.",
            vocabulary="maturity",
            aliases=("Maturity of proposal",),
        ),
        column(
            "decision_ref",
            Kind.TEXT,
            _C,
            "The decision that wrote the saving off.",
            max_length=60,
            aliases=("Decision reference",),
        ),
        column("notes", Kind.NARRATIVE, _O, "Anything else; no personal data.", max_length=2000),
    ),
)
