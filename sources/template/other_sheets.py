"""The table sheets beside Savings: deferrals, projects, funds, risks, plan changes, ideas.

Here belongs the declaration of their columns. Not here: the Savings sheet (``savings_sheet``).
"""

from __future__ import annotations

from sources.template.kinds import Kind, Need, Sheet, column

_A, _C, _O = Need.ALWAYS, Need.CONDITIONAL, Need.OPTIONAL

DEFERRALS = Sheet(
    name="Deferrals",
    table="deferral",
    key=("saving_ref", "plan_year", "deferred_to_year"),
    columns=(
        column(
            "saving_ref",
            "Reference",
            Kind.REF,
            _A,
            "Choose a reference from the Savings sheet.",
            pattern="saving_ref_pattern",
        ),
        column("plan_year", "Plan year", Kind.YEAR, _A, "The plan year of that saving."),
        column("deferred_to_year", "Deferred to", Kind.YEAR, _A, "The later year. Use one row per year."),
        column("deferred_gbp", "Deferred (£)", Kind.MONEY, _A, "The amount that moves to that year."),
        column(
            "reason",
            "Reason",
            Kind.LIST,
            _A,
            "Why it is deferred. Choose the main reason.",
            vocabulary="deferral_reason",
        ),
        column("approved_by", "Approved by", Kind.TEXT, _O, "The post that approved it. Do not enter a person's name."),
    ),
)

PROJECTS = Sheet(
    name="Projects",
    table="project",
    key=("project_ref",),
    is_required=True,
    columns=(
        column("project_ref", "Project", Kind.REF, _A, "The project's own reference.", pattern="project_ref_pattern"),
        column("project_name", "Name", Kind.TEXT, _A, "The project's name."),
        column("programme", "Programme", Kind.TEXT, _O, "The programme it belongs to."),
        column("phase_no", "Phase", Kind.INTEGER, _O, "The number of the phase, such as 1."),
        column(
            "directorate_code",
            "Lead directorate",
            Kind.LIST,
            _A,
            "The directorate that leads it.",
            vocabulary="directorate",
        ),
        column(
            "theme_code",
            "Themes",
            Kind.REF_LIST,
            _O,
            "Up to 5 themes, such as T2. If there are several, add a share for each, such as T1:0.6;T2:0.4.",
            vocabulary="theme",
        ),
        column(
            "workstream_code",
            "Workstreams",
            Kind.REF_LIST,
            _O,
            "The enabling workstreams, entered in the same way, such as W6.",
            vocabulary="workstream",
        ),
        column("owner_post", "Owner (post)", Kind.TEXT, _A, "The post that owns it. Do not enter a person's name."),
        column("start_date", "Start date", Kind.DATE, _O, "The day it started."),
        column("planned_end", "Planned end", Kind.DATE, _O, "The day it is planned to end."),
        column(
            "actual_end", "Actual end", Kind.DATE, _O, "The day it ended. You must enter this if the stage is Closed."
        ),
        column("stage", "Stage", Kind.LIST, _A, "The stage that the project has reached.", vocabulary="project_stage"),
        column(
            "milestone_rag", "RAG of milestones", Kind.LIST, _O, "The RAG word for its milestones.", vocabulary="rag"
        ),
        column("next_milestone_date", "Next milestone", Kind.DATE, _O, "The date of the next milestone."),
        column(
            "eqia_status",
            "Equality impact assessment",
            Kind.LIST,
            _O,
            "How far the equality impact assessment is.",
            vocabulary="eqia_status",
        ),
        column(
            "climate_flag",
            "Serves climate strategy",
            Kind.BOOLEAN,
            _O,
            "Choose Yes if it supports the climate strategy.",
        ),
    ),
)

INVESTMENT = Sheet(
    name="Investment",
    table="investment",
    key=("fund_ref",),
    columns=(
        column("fund_ref", "Fund", Kind.REF, _A, "The fund line's own reference.", pattern="fund_ref_pattern"),
        column("project_ref", "Project", Kind.REF, _A, "The project it pays for.", pattern="project_ref_pattern"),
        column(
            "funding_source",
            "Source of funding",
            Kind.LIST,
            _A,
            "Where the money comes from.",
            vocabulary="funding_source",
        ),
        column("approved_gbp", "Approved (£)", Kind.MONEY, _A, "The amount approved so far."),
        column("committed_gbp", "Committed (£)", Kind.MONEY, _A, "The amount committed so far."),
        column("drawn_to_date_gbp", "Drawn so far (£)", Kind.MONEY, _A, "The amount drawn so far."),
        column("forecast_gbp", "Forecast in all (£)", Kind.MONEY, _O, "The amount you expect to draw in total."),
        column(
            "annual_ongoing_cost_gbp",
            "Ongoing cost a year (£)",
            Kind.MONEY,
            _O,
            "What it will cost each year from now on.",
        ),
        column("year", "Year of figures", Kind.YEAR, _A, "The financial year of these figures."),
        column("is_enabling", "Enabling only", Kind.BOOLEAN, _A, "Choose Yes if it makes no saving of its own."),
        column("approval_body", "Approved by", Kind.TEXT, _O, "The body that approved it."),
        column("approval_date", "Approved on", Kind.DATE, _O, "The day it was approved."),
        column(
            "expected_payback_months",
            "Payback (months)",
            Kind.INTEGER,
            _O,
            "How many months until it has paid for itself.",
        ),
    ),
)

RISKS = Sheet(
    name="Risks",
    table="risk",
    key=("risk_ref",),
    columns=(
        column("risk_ref", "Risk", Kind.TEXT, _A, "A reference of your own.", max_length=40),
        column(
            "saving_ref", "Saving", Kind.REF, _A, "Choose the saving that is at risk.", pattern="saving_ref_pattern"
        ),
        column("description", "Description", Kind.NARRATIVE, _A, "What might happen.", max_length=2000),
        column("likelihood", "Likelihood (1 to 5)", Kind.INTEGER, _A, "From 1 (rare) to 5 (almost certain)."),
        column("impact_gbp", "Impact (£)", Kind.MONEY, _A, "How many pounds are at risk."),
        column("current_rating", "Rating now", Kind.LIST, _A, "The rating today.", vocabulary="risk_rating"),
        column(
            "residual_rating",
            "Rating after mitigation",
            Kind.LIST,
            _A,
            "The rating once the mitigation is in place.",
            vocabulary="risk_rating",
        ),
        column("owner_post", "Owner (post)", Kind.TEXT, _A, "The post that owns it. Do not enter a person's name."),
        column("mitigation", "Mitigation", Kind.NARRATIVE, _O, "What you are doing about it.", max_length=2000),
        column("due_date", "Next action due", Kind.DATE, _O, "The day the next action is due."),
    ),
)

PLAN_CHANGES = Sheet(
    name="PlanChanges",
    table="plan_change_proposal",
    key=("change_ref",),
    columns=(
        column("change_ref", "Change", Kind.TEXT, _A, "A reference of your own.", max_length=40),
        column(
            "saving_ref", "Saving", Kind.REF, _A, "The reference of the saving to change.", pattern="saving_ref_pattern"
        ),
        column("plan_year", "Plan year", Kind.YEAR, _A, "The plan year of that saving."),
        column(
            "type", "Type of change", Kind.LIST, _A, "What you propose. Finance decides.", vocabulary="plan_change_type"
        ),
        column("amount_gbp", "Amount (£)", Kind.MONEY, _A, "How much it changes by, as a positive number."),
        column(
            "to_directorate",
            "To directorate",
            Kind.LIST,
            _C,
            "Only for a Transfer: the directorate that receives it.",
            vocabulary="directorate",
        ),
        column("reason", "Reason", Kind.NARRATIVE, _A, "Why the plan should change.", max_length=2000),
    ),
)

PIPELINE = Sheet(
    name="Pipeline",
    table="pipeline",
    key=("idea_ref",),
    columns=(
        column("idea_ref", "Idea", Kind.TEXT, _A, "A reference of your own.", max_length=40),
        column("title", "Title", Kind.TEXT, _A, "A short title."),
        column("year", "Year", Kind.YEAR, _A, "The year it would start to save."),
        column("low_gbp", "Low estimate (£)", Kind.MONEY, _A, "The lowest it might save."),
        column("likely_gbp", "Likely estimate (£)", Kind.MONEY, _O, "What it is most likely to save."),
        column("high_gbp", "High estimate (£)", Kind.MONEY, _A, "The most it might save."),
        column("maturity", "Maturity", Kind.LIST, _A, "How far the idea has been developed.", vocabulary="maturity"),
    ),
)
