-- Benefits beyond cash (P13): what reduces no budget, by kind of benefit. Never added to cash (R19, R45).
with

lines as (

    select
        line.plan_year_key,
        line.period_key,
        directorate.directorate_code,
        directorate.directorate_name,
        benefit_type.name as benefit_type,
        line.baseline_gbp,
        line.counted_projected_gbp,
        line.achieved_to_date_gbp
    from {{ ref('fct_savings_position') }} as line
    inner join {{ ref('dim_directorate') }} as directorate on line.directorate_key = directorate.directorate_key
    inner join {{ ref('dim_benefit_type') }} as benefit_type on line.benefit_type_key = benefit_type.benefit_type_key
    where line.is_current and not line.is_cashable

),

summed as (

    select
        plan_year_key,
        period_key,
        directorate_code,
        directorate_name,
        benefit_type,
        sum(baseline_gbp) as baseline_gbp,
        sum(counted_projected_gbp) as counted_projected_gbp,
        sum(coalesce(achieved_to_date_gbp, 0)) as achieved_to_date_gbp,
        count(*) as line_count
    from lines
    group by plan_year_key, period_key, directorate_code, directorate_name, benefit_type

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('non_cashable', [
        'summed.plan_year_key', 'summed.period_key', 'summed.directorate_code', 'summed.benefit_type'
    ]) }} as non_cashable_key,
    plan_year.financial_year as plan_year,
    period.reporting_year,
    period.reporting_period,
    summed.period_key,
    summed.directorate_code,
    summed.directorate_name,
    summed.benefit_type,
    {{ money('summed.baseline_gbp') }} as baseline_gbp,
    {{ money('summed.counted_projected_gbp') }} as counted_projected_gbp,
    {{ money('summed.achieved_to_date_gbp') }} as achieved_to_date_gbp,
    cast(summed.line_count as integer) as line_count,
    period.is_latest_period,
    period.is_latest_complete_period
from summed
inner join {{ ref('dim_reporting_period') }} as period on summed.period_key = period.period_key
inner join {{ ref('dim_financial_year') }} as plan_year on summed.plan_year_key = plan_year.financial_year_key
