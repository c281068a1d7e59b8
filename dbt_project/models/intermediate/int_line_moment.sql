-- The periods from which on a saving line may be another than before: one that describes it, the first of a year that
-- begins with the line closed or open (R51), and those in which a row of the plan comes into effect or ends. And
-- whether it was closed at the last close by then.
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

moments as (

    select
        saving_ref,
        plan_year,
        period_key
    from {{ ref('int_line_description') }}
    union
    select
        saving_ref,
        plan_year,
        period_key
    from closure
    union
    select
        saving_ref,
        plan_year,
        period_key
    from planned

)

select
    moments.saving_ref,
    moments.plan_year,
    moments.period_key,
    coalesce(closure.is_closed, false) as was_closed
from moments
left join closure
    on moments.saving_ref = closure.saving_ref
    and moments.plan_year = closure.plan_year
    and moments.period_key >= closure.period_key
qualify row_number() over (
    partition by moments.saving_ref, moments.plan_year, moments.period_key
    order by closure.period_key desc nulls last
) = 1
