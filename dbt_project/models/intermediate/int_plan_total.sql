-- The cashable baseline (R45) that the plan in force gives a directorate for a plan year, at each
-- period of the calendar, in spans of what was known of the plan.
with

plan as (

    select
        directorate_code,
        plan_year,
        from_period_key,
        before_period_key,
        known_from_at,
        known_to_at,
        sum(baseline_gbp) as baseline_gbp,
        count(*) as line_count
    from {{ ref('int_plan_in_force') }}
    where is_cashable
    group by directorate_code, plan_year, from_period_key, before_period_key, known_from_at, known_to_at

),

by_period as (

    select
        plan.*,
        period.financial_year_key,
        period.period_key
    from plan
    inner join {{ ref('int_reporting_period') }} as period on {{ in_effect('plan', 'period.period_key') }}

),

totals as (

    {{ running_totals(
        'by_period',
        key=['directorate_code', 'plan_year', 'financial_year_key', 'period_key'],
        amounts=['baseline_gbp', 'line_count'],
    ) }}

)

select
    directorate_code,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    financial_year_key,
    period_key,
    {{ money('baseline_gbp') }} as plan_baseline_gbp,
    known_from_at,
    known_to_at
from totals
where line_count > 0
