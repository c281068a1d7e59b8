-- Finance's decided changes of the plan (R24, R34), in spans of knowledge, each with the directorate
-- whose baseline it changes: to which the plan gives the line from the change's period on (of a
-- Delete: up to it), so that the sides of a transfer net to zero over the council.
with

plan_change as (

    select *
    from {{ ref('stg_reference__plan_change') }}

),

plan as (

    select *
    from {{ ref('int_plan_in_force') }}

),

with_directorate as (

    select
        plan_change.change_ref,
        plan_change.saving_ref,
        plan_change.plan_year,
        plan_change.change_type,
        plan_change.amount_gbp,
        plan_change.counterpart_ref,
        plan_change.effective_period_key,
        plan_change.decision_ref,
        plan.directorate_code,
        {{ common_span(['plan_change', 'plan']) }}
    from plan_change
    left join plan
        on plan_change.saving_ref = plan.saving_ref
        and plan_change.plan_year = plan.plan_year
        and plan_change.effective_period_key >= plan.from_period_key
        and {{ overlap(['plan_change', 'plan']) }}
    qualify row_number() over (
        partition by
            plan_change.change_ref,
            plan_change.saving_ref,
            plan_change.plan_year,
            plan_change.known_from_at,
            plan.known_from_at
        order by plan.from_period_key desc
    ) = 1

),

-- A change of the line's plan that leaves this row as it was is none.
change_span as (

    {{ joined_up(
        'with_directorate',
        key=['change_ref', 'saving_ref', 'plan_year'],
        identity=[
            'change_type', 'amount_gbp', 'counterpart_ref', 'effective_period_key', 'decision_ref', 'directorate_code',
        ],
    ) }}

)

select
    change_ref,
    saving_ref,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    change_type,
    amount_gbp,
    counterpart_ref,
    effective_period_key,
    decision_ref,
    directorate_code,
    cast(row_number() over (
        partition by change_ref, saving_ref, plan_year
        order by known_from_at
    ) as integer) as span_no,
    known_from_at,
    known_to_at
from change_span
