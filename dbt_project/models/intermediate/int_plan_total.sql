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

-- What comes in and what goes out at each moment.
movements as (

    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_from_at as moved_at,
        baseline_gbp,
        line_count
    from by_period
    union all
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_to_at as moved_at,
        -baseline_gbp as baseline_gbp,
        -line_count as line_count
    from by_period
    where known_to_at is not null

),

by_moment as (

    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        moved_at,
        sum(baseline_gbp) as baseline_gbp,
        sum(line_count) as line_count
    from movements
    group by directorate_code, plan_year, financial_year_key, period_key, moved_at

),

running as (

    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        {{ money('sum(baseline_gbp) over so_far') }} as plan_baseline_gbp,
        sum(line_count) over so_far as line_count,
        moved_at as known_from_at,
        lead(moved_at) over so_far as known_to_at
    from by_moment
    window so_far as (
        partition by directorate_code, plan_year, period_key
        order by moved_at
    )

),

planned as (

    select *
    from running
    where line_count > 0

),

totals as (

    {{ joined_up(
        'planned',
        key=['directorate_code', 'plan_year', 'financial_year_key', 'period_key'],
        identity=['plan_baseline_gbp'],
    ) }}

)

select
    directorate_code,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    financial_year_key,
    period_key,
    plan_baseline_gbp,
    known_from_at,
    known_to_at
from totals
