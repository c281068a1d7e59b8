-- R34. Lines of the plan in force whose baseline is not the original one plus the decided changes: a
-- proposal moves nothing.
{{ config(meta={'dagster': {'ref': {'name': 'fct_plan_change'}}}) }}

with

change as (

    select
        saving_ref,
        plan_year_key,
        sum(amount_gbp) as amount_gbp
    from {{ ref('fct_plan_change') }}
    where state = 'IN_FORCE' and is_current
    group by saving_ref, plan_year_key

),

plan as (

    select
        *,
        {{ financial_year_key('plan_year') }} as plan_year_key
    from {{ ref('int_plan_in_force') }}
    where known_to_at is null and before_period_key is null

)

select
    plan.saving_ref,
    plan.plan_year_key
from plan
left join change
    on plan.saving_ref = change.saving_ref
    and plan.plan_year_key = change.plan_year_key
where plan.baseline_gbp <> plan.original_baseline_gbp + coalesce(change.amount_gbp, 0)
