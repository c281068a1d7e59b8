"""The floors: of how many rows every published table has at least to be, by what it is made of.

Here belong the queries over schemas ``raw`` and ``reference`` that count them. Not here: what else is
expected of a table (``suites``). Why floors: an expectation passes on a table without rows.

Dimensions that list the words of the reference data need none: every word is looked for.
"""
# ruff: noqa: S608 - every query here is put together from this module's own texts

from __future__ import annotations

from collections.abc import Mapping


def in_force(columns: str, table: str) -> str:
    """Return how many different ``columns`` a reference table holds at present."""
    return f"select count(distinct ({columns})) from reference.{table} where known_to_at is null"


def of_returns_in_force(value: str, sheet: str = "savings_line") -> str:
    """Return a query over a sheet of the returns that are in force (R42), those with quarantined lines left out."""
    return f"{over_returns_in_force(value, sheet)} and submission.rows_quarantined = 0"


def over_returns_in_force(value: str, sheet: str) -> str:
    """Return a query over a sheet of all returns that are in force (R42)."""
    return f"""
        select {value}
        from raw.{sheet} as line
        inner join raw.submission as submission using (submission_id)
        where submission.state = 'accepted'
        and submission.receipt_seq = (
            select max(later.receipt_seq)
            from raw.submission as later
            where
                later.state = 'accepted'
                and later.directorate_code = submission.directorate_code
                and later.financial_year = submission.financial_year
                and later.reporting_period = submission.reporting_period
        )"""


_LATEST_YEAR = (
    " and submission.financial_year = (select max(financial_year) from raw.submission where state = 'accepted')"
)

_LATEST_PERIOD = """
    and (submission.financial_year, submission.reporting_period) = (
        select (financial_year, reporting_period) from raw.submission
        where state = 'accepted' order by financial_year desc, reporting_period desc limit 1
    )"""
_PERIODS_REPORTED = "count(distinct (submission.financial_year, submission.reporting_period))"
_CASHABLE = " and line.cashable = 'Cashable'"
_OF_ITS_YEAR = f"{_CASHABLE} and line.plan_year = submission.financial_year"
_OUTTURN = """(
        select 1 from raw.submission as outturn
        where
            outturn.state = 'accepted'
            and outturn.financial_year = submission.financial_year
            and outturn.reporting_period = 'P13'"""
_NO_OUTTURN_YET = f" and not exists {_OUTTURN})"
_ITS_OUTTURN_IS_KNOWN = f" and exists {_OUTTURN} and outturn.directorate_code = submission.directorate_code)"

FLOORS: Mapping[str, str] = {
    "bridge_project_theme": "select count(distinct project_ref) from raw.project",
    "bridge_project_workstream": "select count(distinct project_ref) from raw.project",
    "bridge_year_phase": in_force("financial_year, phase_code", "year_phase"),
    "dim_date": "select 365 * count(*) from reference.financial_year where known_to_at is null",
    "dim_project": "select count(distinct project_ref) from raw.project",
    "dim_reporting_period": in_force("financial_year, reporting_period", "reporting_calendar"),
    "dim_saving_line": "select count(distinct (saving_ref, plan_year)) from raw.savings_line",
    "fct_budget_gap": in_force("plan_version, financial_year, component", "budget_gap"),
    "fct_investment": of_returns_in_force("count(*)", "investment"),
    "fct_pipeline": of_returns_in_force("count(*)", "pipeline"),
    "fct_plan_change": of_returns_in_force("count(*)", "plan_change_proposal"),
    "fct_published_figure": in_force("claim_ref, measure, directorate_code", "published_claim"),
    "fct_return_coverage": of_returns_in_force("count(distinct (submission_id, line.plan_year))"),
    "fct_risk": of_returns_in_force("count(*)", "risk"),
    "fct_savings_allocation": of_returns_in_force("count(*) filter (where line.baseline_gbp > 0)"),
    "fct_savings_position": of_returns_in_force("count(*)"),
    "rpt_budget_gap_bridge": in_force("plan_version, financial_year, component", "budget_gap")
    + " and not is_unidentified",
    # A directorate and the total, for each period; which directorates is for the printed totals (K2).
    "rpt_cabinet_table_1": of_returns_in_force(f"2 * {_PERIODS_REPORTED}") + _CASHABLE,
    # A line whose achieved amount differs between two returns has changed at some period.
    "rpt_change_since_last_period": "select least(count(*), 1) from ("
    + of_returns_in_force("line.saving_ref")
    + """
        group by line.saving_ref, line.plan_year, submission.directorate_code
        having count(distinct line.achieved_to_date_gbp) > 1
    )""",
    "rpt_claim_check": in_force("claim_ref, measure, directorate_code", "published_claim"),
    "rpt_deferral_matrix": of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE + " and line.deferred_gbp > 0",
    "rpt_effect_profile": of_returns_in_force("2 * least(count(*), 1)")
    + _CASHABLE
    + " and line.replaces_ref is null and line.projected_gbp > 0 and line.baseline_gbp > 0"
    + _LATEST_PERIOD,
    # A forecast is looked at once its directorate has closed the year (R47).
    "rpt_forecast_accuracy": of_returns_in_force("count(distinct submission_id)")
    + _OF_ITS_YEAR
    + " and submission.reporting_period < 'P13' and submission.return_type <> 'Restatement'"
    + _ITS_OUTTURN_IS_KNOWN,
    "rpt_forecast_trajectory": of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE,
    "rpt_fund_return": of_returns_in_force("count(distinct (line.fund_ref, line.project_ref))", "investment")
    + _LATEST_PERIOD,
    # Lines stay for years after their last return, so those of the latest year are there for certain.
    "rpt_line_detail": of_returns_in_force("least(count(*), 1)") + _LATEST_YEAR,
    "rpt_non_cashable": of_returns_in_force(_PERIODS_REPORTED) + " and line.cashable = 'Non-cashable'",
    "rpt_quality_scorecard": of_returns_in_force(_PERIODS_REPORTED),
    "rpt_rag_summary": of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE,
    "rpt_realism_projection": of_returns_in_force("least(count(*), 1)") + _LATEST_YEAR + _OF_ITS_YEAR + _NO_OUTTURN_YET,
    "rpt_roadmap": of_returns_in_force("count(distinct line.project_ref)", "project"),
    # Nine steps of a directorate.
    "rpt_savings_bridge": of_returns_in_force(f"9 * {_PERIODS_REPORTED}") + _CASHABLE,
    "rpt_submission_status": """
        select count(*)
        from reference.expected_return as expected_return
        inner join reference.reporting_calendar as calendar
            on expected_return.financial_year = calendar.financial_year
            and expected_return.from_period <= calendar.reporting_period
            and calendar.reporting_period <= coalesce(expected_return.to_period, calendar.reporting_period)
        where
            expected_return.known_to_at is null and calendar.known_to_at is null
            and calendar.financial_year || calendar.reporting_period <= (
                select max(financial_year || reporting_period) from raw.submission where state = 'accepted'
            )""",
    "rpt_theme_savings": of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE + " and line.baseline_gbp > 0",
    "rpt_timeliness": of_returns_in_force("count(distinct submission_id)"),
    "rpt_top_risk": of_returns_in_force("count(*)", "risk"),
    "rpt_workstream_savings": of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE + " and line.baseline_gbp > 0",
}

# Tables that have a row for each of these, no fewer and no more.
EXACTLY: Mapping[str, str] = {
    "dim_submission": "select count(*) from raw.submission",
    "fct_finding": "select count(*) from raw.finding",
    "fct_submission": "select count(*) from raw.submission",
}
