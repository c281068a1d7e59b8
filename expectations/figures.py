"""How the figures of single tables lie: sums, pairs of columns, ranges, and what moved since the current release.

Here belong the expectations of one table's figures, with who acts on each and, where one warns, since
when and why. Not here: members and grain (``words``), floors (``floors``), the controls that start
from reference data (``reconciliation``), arithmetic of a row (dbt's rules).
"""

from __future__ import annotations

from collections.abc import Mapping

from expectations.floors import over_returns_in_force
from expectations.limits import pence_of
from expectations.suite import (
    Check,
    Measured,
    OfRelease,
    QuartilesOfRelease,
    at_least,
    in_range,
    same,
    sum_is,
    words_of,
)
from expectations.words import DIRECTORATES, words_ever

_LINE_LIMIT = Measured(pence_of("line_limit_gbp"))
_LINE_LIMIT_BELOW = Measured(pence_of("line_limit_gbp", sign=-1))
_COUNCIL_LIMIT = Measured(pence_of("council_limit_gbp"))
# Pence that no average comes near, for there is nothing yet to compare with.
_ANYTHING = 10**15

# --- sums: what a fact holds now is what the returns in force say, to the penny ---

# The fact's column, the sheet and its column.
_RETURNED: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "fct_investment": (
        ("approved_gbp", "investment", "approved_gbp"),
        ("committed_gbp", "investment", "committed_gbp"),
        ("drawn_gbp", "investment", "drawn_to_date_gbp"),
    ),
    "fct_pipeline": (("high_gbp", "pipeline", "high_gbp"), ("likely_gbp", "pipeline", "likely_gbp")),
    "fct_plan_change": (("amount_gbp", "plan_change_proposal", "amount_gbp"),),
    "fct_risk": (("impact_gbp", "risk", "impact_gbp"),),
}


def sums_of(table: str) -> tuple[Check, ...]:
    """Return a check for each column of a fact that adds up to a sheet."""
    return tuple(
        sum_is(
            table,
            f"{column.removesuffix('_gbp')}_adds_up_to_the_returns_in_force",
            f"own_{column.removesuffix('_gbp')}_pence",
            over_returns_in_force(f"cast(100 * coalesce(sum(line.{of_sheet}), 0) as bigint)", sheet),
        )
        for column, sheet, of_sheet in _RETURNED.get(table, ())
    )


# --- figures of single tables ---

_FINANCE_LOOKS = "2026-11-29: a fund may be overspent in truth; finance looks into it, readers get the figures."
_OFFICER_LOOKS = "2026-11-29: a return may be right all the same; the directorate looks into it."
_NEW_LIMIT = "2026-11-29: how far figures may move in a month is not known yet; looked at again after six periods."

_OF_TABLES: Mapping[str, tuple[Check, ...]] = {
    "dim_project": (
        at_least(
            "dim_project",
            "ends_after_it_starts",
            "planned_end_date_daynumber",
            "start_date_daynumber",
            "directorate officer",
            _OFFICER_LOOKS,
        ),
        words_of("dim_project", "every_directorate_was_listed", "directorate_code", DIRECTORATES),
    ),
    "dim_saving_line": (
        words_of(
            "dim_saving_line", "every_benefit_type_is_a_word_of_the_list", "benefit_type", words_ever("benefit_type")
        ),
        words_of("dim_saving_line", "every_recurrence_is_a_word_of_the_list", "recurrence", words_ever("recurrence")),
        words_of("dim_saving_line", "every_maturity_is_a_word_of_the_list", "maturity", words_ever("maturity")),
    ),
    "fct_investment": (
        at_least(
            "fct_investment",
            "commits_no_more_than_is_approved",
            "approved_pence",
            "committed_pence",
            "finance",
            _FINANCE_LOOKS,
        ),
        at_least(
            "fct_investment",
            "draws_no_more_than_is_committed",
            "committed_pence",
            "drawn_pence",
            "finance",
            _FINANCE_LOOKS,
        ),
    ),
    "fct_pipeline": (
        at_least("fct_pipeline", "likely_is_at_least_low", "likely_pence", "low_pence", "directorate officer"),
        at_least("fct_pipeline", "high_is_at_least_likely", "high_pence", "likely_pence", "directorate officer"),
    ),
    "fct_return_coverage": (
        same("fct_return_coverage", "names_a_return_exactly_where_one_counts", "has_return", "is_counted"),
    ),
    "fct_submission": (
        sum_is(
            "fct_submission",
            "control_totals_are_those_that_were_stated",
            "control_baseline_pence",
            "select cast(100 * coalesce(sum(control_baseline_gbp), 0) as bigint) from raw.submission",
        ),
        at_least("fct_submission", "is_judged_after_it_was_received", "judged_second", "received_second", "data team"),
    ),
    "rpt_fund_return": (
        words_of(
            "rpt_fund_return",
            "every_project_was_returned_or_funded",
            "project_ref",
            "select project_ref from raw.project union select project_ref from raw.investment"
            " union select project_ref from reference.fund",
        ),
    ),
    "rpt_line_detail": (
        words_of("rpt_line_detail", "every_status_is_a_word_of_the_list", "status", words_ever("status", "name")),
        words_of(
            "rpt_line_detail", "every_submitted_rag_is_a_word_of_the_list", "rag_submitted", words_ever("rag", "name")
        ),
        words_of("rpt_line_detail", "every_directorate_was_listed", "directorate_code", DIRECTORATES),
    ),
    "rpt_quality_scorecard": (
        Check(
            "rpt_quality_scorecard__warnings_per_return_are_as_before",
            "ExpectColumnMeanToBeBetween",
            {
                "column": "warn_count",
                "min_value": 0,
                "max_value": OfRelease("select avg(warn_count) from marts.rpt_quality_scorecard", 2, 1_000_000),
            },
            "warn",
            "directorate officer",
            _NEW_LIMIT,
        ),
    ),
    "rpt_rag_summary": (
        words_of(
            "rpt_rag_summary", "every_submitted_rag_is_a_word_of_the_list", "rag_submitted", words_ever("rag", "name")
        ),
    ),
    "rpt_top_risk": (in_range("rpt_top_risk", "impacts_are_plausible", "impact_pence", 0, _LINE_LIMIT),),
}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    # What is in force is finance's, and comes from no return; a return says by how much, its type in which direction.
    "fct_plan_change": {
        "own_amount_pence": "case when is_current and not is_carried_forward and state = 'PROPOSED'"
        " then cast(100 * abs(amount_gbp) as bigint) end",
    },
    "fct_return_coverage": {"has_return": "submission_key is not null", "is_counted": "coverage <> 'MISSING'"},
    "fct_submission": {
        "judged_second": "cast(epoch(judged_at) as bigint)",
        "received_second": "cast(epoch(received_at) as bigint)",
    },
    "rpt_cabinet_table_1": {
        "projected_or_missing_pence": "case when baseline_gbp = not_reported_gbp then 0"
        " else cast(100 * projected_gbp as bigint) end",
    },
    "rpt_forecast_trajectory": {
        "last_projected_pence": "case when period_key = (select max(period_key) from marts.rpt_forecast_trajectory)"
        " then cast(100 * counted_projected_gbp as bigint) end",
    },
}

_POSITION = (
    in_range("fct_savings_position", "baselines_are_plausible", "baseline_pence", 0, _LINE_LIMIT),
    in_range("fct_savings_position", "projections_are_plausible", "projected_pence", 0, _LINE_LIMIT),
    in_range("fct_savings_position", "achievements_are_plausible", "achieved_to_date_pence", 0, _LINE_LIMIT),
    Check(
        "fct_savings_position__nearly_every_line_has_a_forecast",
        "ExpectColumnValuesToNotBeNull",
        {"column": "projected_pence", "mostly": 0.9},
        "warn",
        "directorate officer",
        "2026-11-20: a blank means unknown (R18), and early in a year that may be true of many lines.",
    ),
    Check(
        "fct_savings_position__forecasts_are_blank_no_more_often_than_before",
        "ExpectColumnProportionOfNonNullValuesToBeBetween",
        {
            "column": "projected_pence",
            "min_value": OfRelease(
                "select avg(case when projected_gbp is null then 0.0 else 1.0 end) from marts.fct_savings_position",
                0.9,
                0,
            ),
        },
        "warn",
        "directorate officer",
        _NEW_LIMIT,
    ),
    Check(
        "fct_savings_position__baselines_lie_as_in_the_current_release",
        "ExpectColumnQuantileValuesToBeBetween",
        {
            "column": "latest_baseline_pence",
            "quantile_ranges": QuartilesOfRelease(
                """select 100 * quantile_cont(baseline_gbp, 0.25), 100 * quantile_cont(baseline_gbp, 0.5),
                    100 * quantile_cont(baseline_gbp, 0.75) from marts.fct_savings_position where is_latest_period""",
                2,
            ),
        },
        "warn",
        "data team",
        _NEW_LIMIT,
    ),
)
_ALLOCATION = (
    in_range("fct_savings_allocation", "amounts_are_plausible", "amount_pence", _LINE_LIMIT_BELOW, _LINE_LIMIT),
    Check(
        "fct_savings_allocation__an_amount_is_on_average_as_in_the_current_release",
        "ExpectColumnMeanToBeBetween",
        {
            "column": "amount_pence",
            "min_value": OfRelease("select 100 * avg(amount_gbp) from marts.fct_savings_allocation", 0.5, -_ANYTHING),
            "max_value": OfRelease("select 100 * avg(amount_gbp) from marts.fct_savings_allocation", 2, _ANYTHING),
        },
        "warn",
        "data team",
        _NEW_LIMIT,
    ),
)
_TABLE_1 = (
    words_of(
        "rpt_cabinet_table_1",
        "every_directorate_was_listed",
        "directorate_code",
        f"{DIRECTORATES} union all select 'ALL'",
    ),
    in_range("rpt_cabinet_table_1", "baselines_are_plausible", "baseline_pence", 0, _COUNCIL_LIMIT),
    Check(
        "rpt_cabinet_table_1__lacks_a_figure_only_where_a_return_is_missing",
        "ExpectColumnValuesToNotBeNull",
        {"column": "projected_or_missing_pence"},
    ),
)
# The last period's sum, against the mean of the periods before it in its year.
_BEFORE = """
    with last_period as (
        select max(period_key) as period_key from marts.rpt_forecast_trajectory
    )
    select cast(100 * {times} * coalesce(avg(nullif(projected_gbp, 0)), {otherwise}) as bigint)
    from (
        select sum(trajectory.counted_projected_gbp) as projected_gbp
        from marts.rpt_forecast_trajectory as trajectory
        inner join last_period
            on trajectory.period_key < last_period.period_key
            and trajectory.period_key // 100 = last_period.period_key // 100
        where trajectory.reporting_period <> 'P00'
        group by trajectory.period_key
    )"""
_TRAJECTORY = (
    Check(
        "rpt_forecast_trajectory__the_last_period_is_like_those_before_it",
        "ExpectColumnSumToBeBetween",
        {
            "column": "last_projected_pence",
            "min_value": Measured(_BEFORE.format(times="0.5", otherwise="0")),
            "max_value": Measured(_BEFORE.format(times="2", otherwise="1000000000")),
        },
        "warn",
        "finance",
        _NEW_LIMIT,
    ),
)

FIGURES: Mapping[str, tuple[Check, ...]] = {
    **_OF_TABLES,
    "fct_savings_allocation": _ALLOCATION,
    "fct_savings_position": _POSITION,
    "rpt_cabinet_table_1": _TABLE_1,
    "rpt_forecast_trajectory": _TRAJECTORY,
}
