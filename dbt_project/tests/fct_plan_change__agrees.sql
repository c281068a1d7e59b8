-- What fct_plan_change has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'fct_plan_change'}}}) }}

-- R24: so the council's baseline stays what it was.
select
    rule,
    key,
    value
from (
    select {{ breaks(
        'fct_plan_change__both_sides_of_a_transfer_in_force_net_to_zero',
        ['change_ref', 'plan_year_key', 'effective_period_key'],
        ['sum(amount_gbp)'],
    ) }}
    from {{ ref('fct_plan_change') }}
    where state = 'IN_FORCE' and change_type = 'Transfer' and is_current
    group by change_ref, plan_year_key, effective_period_key
    having sum(amount_gbp) <> 0
) as both_sides_of_a

union all

-- R34. Lines of the plan in force whose baseline is not the original one plus the decided changes: a
-- proposal moves nothing.
select
    rule,
    key,
    value
from (
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

    select {{ breaks(
        'fct_plan_change__changes_in_force_lead_from_the_original_plan_to_the_plan_in_force',
        ['plan.saving_ref', 'plan.plan_year_key'],
        ['plan.baseline_gbp'],
    ) }}
    from plan
    left join change
        on plan.saving_ref = change.saving_ref
        and plan.plan_year_key = change.plan_year_key
    where plan.baseline_gbp <> plan.original_baseline_gbp + coalesce(change.amount_gbp, 0)
) as changes_in_force_lead
