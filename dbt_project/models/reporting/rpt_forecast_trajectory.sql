-- How the forecast of a plan year moved from period to period (P5): from the plan itself, as P00, by what
-- counts of each return (R03), against the original and the present baseline (R08, R34).
with

reported as (

    select
        table_1.plan_year,
        table_1.reporting_year,
        table_1.reporting_period,
        {{ financial_year_key('table_1.plan_year') }} as plan_year_key,
        table_1.period_key,
        table_1.directorate_code,
        table_1.directorate_name,
        table_1.projected_gbp,
        table_1.original_baseline_gbp,
        table_1.baseline_gbp,
        table_1.is_carried_forward,
        table_1.is_incomplete,
        table_1.is_latest_period,
        table_1.is_latest_complete_period
    from {{ ref('rpt_cabinet_table_1') }} as table_1
    where not table_1.is_total

),

achieved as (

    select
        directorate.directorate_code,
        line.plan_year_key,
        line.period_key,
        sum(line.achieved_to_date_gbp) as achieved_to_date_gbp
    from {{ ref('fct_savings_position') }} as line
    inner join {{ ref('dim_directorate') }} as directorate on line.directorate_key = directorate.directorate_key
    where line.is_current and line.is_cashable and line.plan_year_key <= line.reporting_year_key
    group by directorate.directorate_code, line.plan_year_key, line.period_key

),

-- The plan before its year began: all of it projected, nothing achieved.
planned as (

    select
        period.reporting_year,
        period.reporting_period,
        period.period_key,
        directorate.directorate_code,
        directorate.directorate_name,
        sum(plan.baseline_gbp) as baseline_gbp,
        sum(plan.original_baseline_gbp) as original_baseline_gbp
    from {{ ref('int_plan_in_force') }} as plan
    inner join {{ ref('dim_reporting_period') }} as period
        on plan.plan_year = period.reporting_year
        and period.reporting_period = 'P00'
        and {{ in_effect('plan', 'period.period_key') }}
    inner join {{ ref('int_directorate_version') }} as directorate
        on plan.directorate_code = directorate.directorate_code
        and {{ applies_on('directorate', 'period.as_at_date') }}
    where plan.known_to_at is null and plan.is_cashable
    group by
        period.reporting_year,
        period.reporting_period,
        period.period_key,
        directorate.directorate_code,
        directorate.directorate_name

),

trajectory as (

    select
        reporting_year as plan_year,
        reporting_year,
        reporting_period,
        period_key,
        directorate_code,
        directorate_name,
        baseline_gbp as counted_projected_gbp,
        0 as achieved_to_date_gbp,
        original_baseline_gbp,
        baseline_gbp,
        false as is_carried_forward,
        false as is_incomplete,
        false as is_latest_period,
        false as is_latest_complete_period
    from planned
    union all
    select
        reported.plan_year,
        reported.reporting_year,
        reported.reporting_period,
        reported.period_key,
        reported.directorate_code,
        reported.directorate_name,
        reported.projected_gbp as counted_projected_gbp,
        case when reported.projected_gbp is not null then coalesce(achieved.achieved_to_date_gbp, 0) end
            as achieved_to_date_gbp,
        reported.original_baseline_gbp,
        reported.baseline_gbp,
        reported.is_carried_forward,
        reported.is_incomplete,
        reported.is_latest_period,
        reported.is_latest_complete_period
    from reported
    left join achieved
        on reported.directorate_code = achieved.directorate_code
        and reported.plan_year_key = achieved.plan_year_key
        and reported.period_key = achieved.period_key

)

select
    {{ surrogate_key('forecast_trajectory', ['plan_year', 'period_key', 'directorate_code']) }}
        as forecast_trajectory_key,
    plan_year,
    reporting_year,
    reporting_period,
    period_key,
    directorate_code,
    directorate_name,
    {{ money('counted_projected_gbp') }} as counted_projected_gbp,
    {{ money('achieved_to_date_gbp') }} as achieved_to_date_gbp,
    {{ money('original_baseline_gbp') }} as original_baseline_gbp,
    {{ money('baseline_gbp') }} as baseline_gbp,
    is_carried_forward,
    is_incomplete,
    is_latest_period,
    is_latest_complete_period
from trajectory
