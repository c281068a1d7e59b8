"""In what words a reader finds rows: the members of each dimension, and the grain of each table.

Here belong sets and grains as declarations. Not here: keys and relations (dbt's rules), and how a
suite is made of them (``suites``).
"""
# ruff: noqa: S608 - every query here is put together from this module's own texts

from __future__ import annotations

from collections.abc import Mapping


def _in_force(column: str, table: str) -> str:
    return f"select distinct {column} from reference.{table} where known_to_at is null"


def words(vocabulary: str) -> str:
    """Return a query of the words that a list of the reference data holds at present."""
    return f"{words_ever(vocabulary)} and known_to_at is null"


def words_ever(vocabulary: str, column: str = "code") -> str:
    """Return a query of the words that a list ever held, or of their names: what was accepted with one stays."""
    return f"select {column} from reference.vocabulary where vocabulary = '{vocabulary}'"


# The column that a dimension's members are told apart by, and the members that it has to hold.
MEMBERS: Mapping[str, tuple[str, str]] = {
    "dim_benefit_type": ("code", words("benefit_type")),
    "dim_council_value": ("code", _in_force("code", "council_value")),
    "dim_directorate": ("directorate_code", _in_force("directorate_code", "directorate")),
    "dim_financial_year": ("financial_year", _in_force("financial_year", "financial_year")),
    "dim_funding_source": ("code", words("funding_source")),
    "dim_programme_phase": ("code", _in_force("phase_code", "programme_phase")),
    "dim_rag": ("code", words("rag")),
    "dim_report": ("report_code", _in_force("report_code", "report")),
    "dim_rule": ("code", "select rule_code from raw.rule"),
    "dim_service": ("service_code", _in_force("service_code", "service")),
    "dim_status": ("code", words("status")),
    "dim_theme": ("code", _in_force("code", "theme")),
    "dim_workstream": ("code", _in_force("code", "workstream")),
}
# In what words a reader tells rows apart. A fact that keeps its past is told apart by dbt's rules.
GRAIN: Mapping[str, tuple[str, ...]] = {
    **{table: (column,) for table, (column, _) in MEMBERS.items()},
    "dim_directorate": ("directorate_code", "valid_from_daynumber"),
    "dim_project": ("project_ref", "valid_from_daynumber"),
    "dim_reporting_period": ("reporting_year", "reporting_period"),
    "dim_saving_line": ("saving_ref", "plan_year", "valid_from_daynumber"),
    "dim_service": ("service_code", "valid_from_daynumber"),
    "dim_submission": ("submission_id",),
    "fct_finding": ("submission_key", "finding_no"),
    "fct_published_figure": ("claim_ref", "measure", "directorate_code"),
    "rpt_budget_gap_bridge": ("plan_version", "budget_year", "component"),
    "rpt_cabinet_table_1": ("plan_year", "reporting_year", "reporting_period", "directorate_code"),
    "rpt_change_since_last_period": ("saving_ref", "plan_year", "directorate_code", "measure", "from_period_key"),
    "rpt_claim_check": ("claim_ref", "measure", "directorate_code"),
    "rpt_deferral_matrix": ("reporting_year", "reporting_period", "plan_year", "delivery_year", "directorate_code"),
    "rpt_effect_profile": ("saving_ref", "plan_year", "effect_year"),
    "rpt_forecast_accuracy": ("plan_year", "forecast_period", "directorate_code"),
    "rpt_forecast_trajectory": ("plan_year", "reporting_year", "reporting_period", "directorate_code"),
    "rpt_fund_return": ("fund_ref", "project_ref", "window_from", "window_to"),
    "rpt_line_detail": ("saving_ref", "plan_year"),
    "rpt_non_cashable": ("plan_year", "reporting_year", "reporting_period", "directorate_code", "benefit_type"),
    "rpt_quality_scorecard": ("reporting_year", "reporting_period", "directorate_code"),
    "rpt_rag_summary": ("reporting_year", "reporting_period", "directorate_code", "rag_derived", "rag_submitted"),
    "rpt_realism_projection": ("plan_year", "directorate_code"),
    "rpt_roadmap": ("project_ref", "phase_code"),
    "rpt_savings_bridge": ("plan_year", "reporting_year", "reporting_period", "directorate_code", "step"),
    "rpt_submission_status": ("reporting_year", "reporting_period", "directorate_code"),
    "rpt_theme_savings": (
        *("plan_year", "reporting_year", "reporting_period", "directorate_code", "theme_code", "bucket"),
    ),
    "rpt_timeliness": ("reporting_year", "reporting_period", "directorate_code"),
    "rpt_top_risk": ("reporting_year", "reporting_period", "directorate_code", "risk_ref"),
    "rpt_workstream_savings": (
        *("plan_year", "reporting_year", "reporting_period", "directorate_code", "workstream_code", "bucket"),
    ),
}

# Every code that a directorate ever had.
DIRECTORATES = "select distinct directorate_code from reference.directorate"
