-- The periods from which on a saving line may be another than before: one that describes it, the first of a year that
-- begins with the line closed or open (R51), and those in which a row of the plan comes into effect or ends. And
-- which period describes it by then, and whether it was closed at the last close.
with

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

closure as (

    select
        line_closure.saving_ref,
        line_closure.plan_year,
        line_closure.is_closed,
        min(period.period_key) as period_key
    from {{ ref('int_line_closure') }} as line_closure
    inner join period on line_closure.from_year_key = period.financial_year_key
    group by line_closure.saving_ref, line_closure.plan_year, line_closure.is_closed, line_closure.from_year_key

),

plan as (

    select *
    from {{ ref('int_plan_in_force') }}
    where known_to_at is null

),

-- The first collected period in which each row of the plan is in effect, and the first in which it is no more.
planned as (

    select
        plan.saving_ref,
        plan.plan_year,
        min(period.period_key) as period_key
    from plan
    inner join period on {{ in_effect('plan', 'period.period_key') }}
    group by plan.saving_ref, plan.plan_year, plan.from_period_key
    union
    select
        plan.saving_ref,
        plan.plan_year,
        min(period.period_key) as period_key
    from plan
    inner join period on plan.before_period_key <= period.period_key
    group by plan.saving_ref, plan.plan_year, plan.before_period_key

),

-- Each once: Spark's planner does not put a window over all rows of these three.
moments as (

    select
        saving_ref,
        plan_year,
        period_key,
        true as is_described
    from {{ ref('int_line_description') }}
    union
    select
        saving_ref,
        plan_year,
        period_key,
        false as is_described
    from closure
    union
    select
        saving_ref,
        plan_year,
        period_key,
        false as is_described
    from planned

),

described as (

    select
        saving_ref,
        plan_year,
        period_key,
        max(case when is_described then period_key end) over (
            partition by saving_ref, plan_year
            order by period_key
        ) as described_period_key
    from moments

)

-- Of periods that begin on one day, the last one.
select
    described.saving_ref,
    described.plan_year,
    described.period_key,
    described.described_period_key,
    period.start_date as effective_date,
    coalesce(closure.is_closed, false) as was_closed
from described
inner join period on described.period_key = period.period_key
left join closure
    on described.saving_ref = closure.saving_ref
    and described.plan_year = closure.plan_year
    and described.period_key >= closure.period_key
qualify row_number() over (
    partition by described.saving_ref, described.plan_year, period.start_date
    order by described.period_key desc, closure.period_key desc nulls last
) = 1
