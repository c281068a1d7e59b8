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
        column("saving_ref", "Reference", Kind.REF, _A, "A line of the Savings sheet.", pattern="saving_ref_pattern"),
        column("plan_year", "Plan year", Kind.YEAR, _A, "Its plan year."),
        column("deferred_to_year", "Deferred to", Kind.YEAR, _A, "One later year a row."),
        column("deferred_gbp", "Deferred (£)", Kind.MONEY, _A, "What moves to that year."),
        column("reason", "Reason", Kind.LIST, _A, "The main reason.", vocabulary="deferral_reason"),
        column("approved_by", "Approved by", Kind.TEXT, _O, "The post that approved it."),
    ),
)

PROJECTS = Sheet(
    name="Projects",
    table="project",
    key=("project_ref",),
    is_required=True,
    columns=(
        column("project_ref", "Project", Kind.REF, _A, "Looks like PRJ-0001.", pattern="project_ref_pattern"),
        column("project_name", "Name", Kind.TEXT, _A, "The project's name."),
        column("programme", "Programme", Kind.TEXT, _O, "The programme it belongs to."),
        column("phase_no", "Phase", Kind.INTEGER, _O, "Phase 1, 2, 3."),
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
            "Up to five themes with weights: T1:0.6;T2:0.4.",
            vocabulary="theme",
        ),
        column(
            "workstream_code",
            "Workstreams",
            Kind.REF_LIST,
            _O,
            "Likewise for the enabling workstreams.",
            vocabulary="workstream",
        ),
        column("owner_post", "Owner (post)", Kind.TEXT, _A, "The post that owns it, never a person's name."),
        column("start_date", "Start date", Kind.DATE, _O, "When it started."),
        column("planned_end", "Planned end", Kind.DATE, _O, "When it is planned to end."),
        column("actual_end", "Actual end", Kind.DATE, _O, "When it ended; needed for Closed."),
        column("stage", "Stage", Kind.LIST, _A, "Where the project is.", vocabulary="project_stage"),
        column("milestone_rag", "RAG of milestones", Kind.LIST, _O, "RAG of its milestones.", vocabulary="rag"),
        column("next_milestone_date", "Next milestone", Kind.DATE, _O, "The next milestone still to come."),
        column(
            "eqia_status",
            "Equality impact assessment",
            Kind.LIST,
            _O,
            "Equality impact assessment.",
            vocabulary="eqia_status",
        ),
        column("climate_flag", "Serves climate strategy", Kind.BOOLEAN, _O, "Yes if it serves the climate strategy."),
    ),
)

INVESTMENT = Sheet(
    name="Investment",
    table="investment",
    key=("fund_ref",),
    columns=(
        column("fund_ref", "Fund", Kind.REF, _A, "Looks like TF-0001.", pattern="fund_ref_pattern"),
        column("project_ref", "Project", Kind.REF, _A, "The project it pays for.", pattern="project_ref_pattern"),
        column(
            "funding_source",
            "Source of funding",
            Kind.LIST,
            _A,
            "Where the money comes from.",
            vocabulary="funding_source",
        ),
        column("approved_gbp", "Approved (£)", Kind.MONEY, _A, "Approved so far."),
        column("committed_gbp", "Committed (£)", Kind.MONEY, _A, "Committed so far."),
        column("drawn_to_date_gbp", "Drawn so far (£)", Kind.MONEY, _A, "Drawn so far."),
        column("forecast_gbp", "Forecast in all (£)", Kind.MONEY, _O, "Expected in all."),
        column(
            "annual_ongoing_cost_gbp", "Ongoing cost a year (£)", Kind.MONEY, _O, "What it costs each year from now on."
        ),
        column("year", "Year of figures", Kind.YEAR, _A, "The financial year of the figures."),
        column("is_enabling", "Enabling only", Kind.BOOLEAN, _A, "Yes if it brings no saving of its own."),
        column("approval_body", "Approved by", Kind.TEXT, _O, "The body that approved it."),
        column("approval_date", "Approved on", Kind.DATE, _O, "When it was approved."),
        column("expected_payback_months", "Payback (months)", Kind.INTEGER, _O, "Months until it has paid for itself."),
    ),
)

RISKS = Sheet(
    name="Risks",
    table="risk",
    key=("risk_ref",),
    columns=(
        column("risk_ref", "Risk", Kind.TEXT, _A, "Your reference.", max_length=40),
        column("saving_ref", "Saving", Kind.REF, _A, "The line at risk.", pattern="saving_ref_pattern"),
        column("description", "Description", Kind.NARRATIVE, _A, "What may happen.", max_length=2000),
        column("likelihood", "Likelihood (1 to 5)", Kind.INTEGER, _A, "1 (rare) to 5 (almost certain)."),
        column("impact_gbp", "Impact (£)", Kind.MONEY, _A, "Pounds at risk."),
        column("current_rating", "Rating now", Kind.LIST, _A, "Rating now.", vocabulary="risk_rating"),
        column(
            "residual_rating",
            "Rating after mitigation",
            Kind.LIST,
            _A,
            "Rating after mitigation.",
            vocabulary="risk_rating",
        ),
        column("owner_post", "Owner (post)", Kind.TEXT, _A, "The post that owns it, never a person's name."),
        column("mitigation", "Mitigation", Kind.NARRATIVE, _O, "What is done about it.", max_length=2000),
        column("due_date", "Next action due", Kind.DATE, _O, "When the next action is due."),
    ),
)

PLAN_CHANGES = Sheet(
    name="PlanChanges",
    table="plan_change_proposal",
    key=("change_ref",),
    columns=(
        column("change_ref", "Change", Kind.TEXT, _A, "Your reference.", max_length=40),
        column("saving_ref", "Saving", Kind.REF, _A, "The line to change.", pattern="saving_ref_pattern"),
        column("plan_year", "Plan year", Kind.YEAR, _A, "Its plan year."),
        column(
            "type", "Type of change", Kind.LIST, _A, "What you propose; finance decides.", vocabulary="plan_change_type"
        ),
        column("amount_gbp", "Amount (£)", Kind.MONEY, _A, "By how much, as a positive number."),
        column(
            "to_directorate",
            "To directorate",
            Kind.LIST,
            _C,
            "For a Transfer: who receives it.",
            vocabulary="directorate",
        ),
        column("reason", "Reason", Kind.NARRATIVE, _A, "Why.", max_length=2000),
    ),
)

PIPELINE = Sheet(
    name="Pipeline",
    table="pipeline",
    key=("idea_ref",),
    columns=(
        column("idea_ref", "Idea", Kind.TEXT, _A, "Your reference.", max_length=40),
        column("title", "Title", Kind.TEXT, _A, "A short title."),
        column("year", "Year", Kind.YEAR, _A, "The year it would deliver in."),
        column("low_gbp", "Low estimate (£)", Kind.MONEY, _A, "The low estimate."),
        column("likely_gbp", "Likely estimate (£)", Kind.MONEY, _O, "The likely estimate."),
        column("high_gbp", "High estimate (£)", Kind.MONEY, _A, "The high estimate."),
        column("maturity", "Maturity", Kind.LIST, _A, "How far it is developed.", vocabulary="maturity"),
    ),
)
