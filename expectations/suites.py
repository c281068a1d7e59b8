"""What a reader may rely on in each published table: the declarations.

Here belong ranges, completeness, row floors, large drops against the current release, and the
reconciliation with printed figures. Not here: what is row by row and arithmetic, keys and relations
(dbt's tests beside the models), and running anything (``run_suites``). Imports no Great
Expectations.

Every table has a floor of rows, since an expectation passes on a table without rows.
"""
# ruff: noqa: S608 - every query here is put together from this module's own texts

from __future__ import annotations

from collections.abc import Mapping

from expectations.reconciliation import K2, K2_FLOOR, K11
from expectations.suite import (
    Check,
    Suite,
    current_pence,
    current_rows,
    floor,
    in_range,
    nothing_but_zero,
    pence,
    pounds_kept,
    rows_kept,
)

# Pounds in pence. November 2026: the largest line of the bundled plan is under £3m, the whole plan
# £10.8m; beyond these a figure was mistyped.
_LINE_LIMIT = 100_000_000_00
_COUNCIL_LIMIT = 1_000_000_000_00


# --- floors: every table has at least what it is made of ---


def _in_force(columns: str, table: str) -> str:
    """Return how many different ``columns`` a reference table holds at present."""
    return f"select count(distinct ({columns})) from reference.{table} where known_to_at is null"


def _words(vocabulary: str) -> str:
    return f"select count(*) from reference.vocabulary where known_to_at is null and vocabulary = '{vocabulary}'"


def _of_returns_in_force(count: str, sheet: str = "savings_line") -> str:
    """Return a count over a sheet of the returns that are in force (R42), those with quarantined lines left out."""
    return f"""
        select {count}
        from raw.{sheet} as line
        inner join raw.submission as submission using (submission_id)
        where submission.state = 'accepted' and submission.rows_quarantined = 0
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
    "bridge_year_phase": _in_force("financial_year, phase_code", "year_phase"),
    "dim_benefit_type": _words("benefit_type"),
    "dim_council_value": _in_force("code", "council_value"),
    "dim_date": "select 365 * count(*) from reference.financial_year where known_to_at is null",
    "dim_directorate": _in_force("directorate_code", "directorate"),
    "dim_financial_year": _in_force("financial_year", "financial_year"),
    "dim_funding_source": _words("funding_source"),
    "dim_programme_phase": _in_force("phase_code", "programme_phase"),
    "dim_project": "select count(distinct project_ref) from raw.project",
    "dim_rag": _words("rag"),
    "dim_report": _in_force("report_code", "report"),
    "dim_reporting_period": _in_force("financial_year, reporting_period", "reporting_calendar"),
    "dim_rule": "select count(*) from raw.rule",
    "dim_saving_line": "select count(distinct (saving_ref, plan_year)) from raw.savings_line",
    "dim_service": _in_force("service_code", "service"),
    "dim_status": _words("status"),
    "dim_submission": "select count(*) from raw.submission",
    "dim_theme": _in_force("code", "theme"),
    "dim_workstream": _in_force("code", "workstream"),
    "fct_budget_gap": _in_force("plan_version, financial_year, component", "budget_gap"),
    "fct_finding": "select count(*) from raw.finding",
    "fct_investment": _of_returns_in_force("count(*)", "investment"),
    "fct_pipeline": _of_returns_in_force("count(*)", "pipeline"),
    "fct_plan_change": _of_returns_in_force("count(*)", "plan_change_proposal"),
    "fct_published_figure": _in_force("claim_ref, measure, directorate_code", "published_claim"),
    "fct_return_coverage": _of_returns_in_force("count(distinct (submission_id, line.plan_year))"),
    "fct_risk": _of_returns_in_force("count(*)", "risk"),
    "fct_submission": "select count(*) from raw.submission",
    "rpt_budget_gap_bridge": _in_force("plan_version, financial_year, component", "budget_gap")
    + " and not is_unidentified",
    "rpt_claim_check": _in_force("claim_ref, measure, directorate_code", "published_claim"),
    "rpt_deferral_matrix": _of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE + " and line.deferred_gbp > 0",
    "rpt_effect_profile": _of_returns_in_force("2 * least(count(*), 1)")
    + _CASHABLE
    + " and line.replaces_ref is null and line.projected_gbp > 0 and line.baseline_gbp > 0"
    + _LATEST_PERIOD,
    # A forecast is looked at once its directorate has closed the year (R47).
    "rpt_forecast_accuracy": _of_returns_in_force("count(distinct submission_id)")
    + _OF_ITS_YEAR
    + " and submission.reporting_period < 'P13' and submission.return_type <> 'Restatement'"
    + _ITS_OUTTURN_IS_KNOWN,
    "rpt_forecast_trajectory": _of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE,
    "rpt_fund_return": _of_returns_in_force("count(distinct (line.fund_ref, line.project_ref))", "investment")
    + _LATEST_PERIOD,
    # Lines stay for years after their last return, so those of the latest year are there for certain.
    "rpt_line_detail": _of_returns_in_force("least(count(*), 1)") + _LATEST_YEAR,
    "rpt_non_cashable": _of_returns_in_force(_PERIODS_REPORTED) + " and line.cashable = 'Non-cashable'",
    "rpt_quality_scorecard": _of_returns_in_force(_PERIODS_REPORTED),
    "rpt_rag_summary": _of_returns_in_force(_PERIODS_REPORTED) + _CASHABLE,
    "rpt_realism_projection": _of_returns_in_force("least(count(*), 1)")
    + _LATEST_YEAR
    + _OF_ITS_YEAR
    + _NO_OUTTURN_YET,
    "rpt_roadmap": _of_returns_in_force("count(distinct line.project_ref)", "project"),
    # Nine steps of a directorate and of the total.
    "rpt_savings_bridge": _of_returns_in_force(f"18 * {_PERIODS_REPORTED}") + _CASHABLE,
    # A theme and a workstream.
    "rpt_theme_savings": _of_returns_in_force(f"2 * {_PERIODS_REPORTED}") + _CASHABLE + " and line.baseline_gbp > 0",
    "rpt_top_risk": _of_returns_in_force("count(*)", "risk"),
}


# Facts of their own pounds that can fall; what is lost of the others shows in their rows.
_POUNDS_OF = {"fct_investment": "approved_gbp", "fct_pipeline": "likely_gbp"}


def _floor_suite(table: str, sql: str) -> Suite:
    """Return the suite of a table without one of its own: its floor, and of a fact that most of it stays (E6)."""
    if not table.startswith("fct_"):
        return Suite(table, (floor(table, sql),))
    if (pounds := _POUNDS_OF.get(table)) is None:
        return Suite(table, (floor(table, sql), rows_kept(table)), {"current_rows": current_rows(table)})
    checks = (floor(table, sql), rows_kept(table), pounds_kept(table, pounds))
    return Suite(table, checks, {"current_rows": current_rows(table), "current_pence": current_pence(pounds)})


# --- suites of their own ---

POSITION = Suite(
    "fct_savings_position",
    columns={
        "position_key": "position_key",
        "current_rows": current_rows("fct_savings_position"),
        "current_pence": current_pence("baseline_gbp"),
        "baseline_pence": pence("baseline_gbp"),
        "projected_pence": pence("projected_gbp"),
        "achieved_pence": pence("achieved_to_date_gbp"),
    },
    checks=(
        floor(
            "fct_savings_position",
            _of_returns_in_force("count(*)"),
            "has_at_least_the_lines_of_the_returns_in_force",
        ),
        rows_kept("fct_savings_position"),
        pounds_kept("fct_savings_position", "baseline_gbp"),
        in_range("fct_savings_position", "baselines_are_plausible", "baseline_pence", 0, _LINE_LIMIT),
        in_range("fct_savings_position", "projections_are_plausible", "projected_pence", 0, _LINE_LIMIT),
        in_range("fct_savings_position", "achievements_are_plausible", "achieved_pence", 0, _LINE_LIMIT),
        Check(
            "fct_savings_position__nearly_every_line_has_a_forecast",
            "ExpectColumnValuesToNotBeNull",
            {"column": "projected_pence", "mostly": 0.9},
            # Blank means unknown (R18), and early in a year that may be true of many lines: a reader
            # is told, nobody is stopped.
            severity="warn",
        ),
    ),
)

ALLOCATION = Suite(
    "fct_savings_allocation",
    columns={
        "allocation_key": "allocation_key",
        "current_rows": current_rows("fct_savings_allocation"),
        "current_pence": current_pence("amount_gbp"),
        "amount_pence": pence("amount_gbp"),
    },
    checks=(
        floor(
            "fct_savings_allocation",
            _of_returns_in_force("count(*) filter (where line.baseline_gbp > 0)"),
            "has_at_least_the_lines_with_a_baseline",
        ),
        rows_kept("fct_savings_allocation"),
        pounds_kept("fct_savings_allocation", "amount_gbp"),
        in_range("fct_savings_allocation", "amounts_are_plausible", "amount_pence", -_LINE_LIMIT, _LINE_LIMIT),
    ),
)

_TABLE_1_ROW = "reporting_year || ' ' || reporting_period || ' ' || directorate_code || ', plan of ' || plan_year"
TABLE_1 = Suite(
    "rpt_cabinet_table_1",
    columns={
        "table_1_row": _TABLE_1_ROW,
        "baseline_pence": pence("baseline_gbp"),
        "projected_pence": f"case when baseline_gbp = not_reported_gbp then 0 else {pence('projected_gbp')} end",
    },
    checks=(
        floor(
            "rpt_cabinet_table_1",
            # A directorate and the total, for each period; which directorates is for the printed totals below.
            _of_returns_in_force("2 * count(distinct (submission.financial_year, submission.reporting_period))")
            + " and line.cashable = 'Cashable'",
            "has_a_row_and_a_total_for_every_period_reported",
        ),
        in_range("rpt_cabinet_table_1", "baselines_are_plausible", "baseline_pence", 0, _COUNCIL_LIMIT),
        Check(
            "rpt_cabinet_table_1__lacks_a_figure_only_where_a_return_is_missing",
            "ExpectColumnValuesToNotBeNull",
            {"column": "projected_pence"},
        ),
    ),
)

PRINTED_TOTALS = Suite(
    "rpt_cabinet_table_1",
    source=K2,
    columns={"compared": "compared", "difference_pence": pence("shown_gbp - printed_gbp")},
    checks=(
        floor("rpt_cabinet_table_1", K2_FLOOR, "is_compared_with_the_printed_totals"),
        nothing_but_zero(
            "rpt_cabinet_table_1", "original_baselines_are_the_printed_totals_to_the_penny", "difference_pence"
        ),
    ),
)

SUBMISSION_STATUS = Suite(
    "rpt_submission_status",
    checks=(
        floor(
            "rpt_submission_status",
            """
            select count(*)
            from reference.expected_return as expected_return
            inner join reference.reporting_calendar as calendar
                on expected_return.financial_year = calendar.financial_year
                and expected_return.from_period <= calendar.reporting_period
            where expected_return.known_to_at is null and calendar.known_to_at is null""",
            "has_a_row_for_every_return_that_is_expected",
        ),
    ),
)

EXPECTED_RETURNS = Suite(
    "rpt_submission_status",
    source=K11,
    columns={
        "compared": "compared",
        "unaccounted": "expected_count - accounted_count",
        "not_shown_as_accepted": "in_force_count - accepted_count",
    },
    checks=(
        nothing_but_zero("rpt_submission_status", "every_expected_directorate_is_in_exactly_one_place", "unaccounted"),
        nothing_but_zero("rpt_submission_status", "shows_as_accepted_what_is_in_force", "not_shown_as_accepted"),
    ),
)

SUITES: tuple[Suite, ...] = (
    POSITION,
    ALLOCATION,
    TABLE_1,
    PRINTED_TOTALS,
    SUBMISSION_STATUS,
    EXPECTED_RETURNS,
    *(_floor_suite(table, sql) for table, sql in FLOORS.items()),
)
