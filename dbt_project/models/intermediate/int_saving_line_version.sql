-- A saving line by effective date: as returns in force describe it from the first day of the period
-- that reported it, the directorate to which the plan gives it, and whether it is closed (R51), which one
-- that the plan no longer has is not (F11). Every line of any accepted return has a member; one that
-- stands nowhere is as it was last described.
{%- set attributes = [
    'saving_title', 'service_code', 'benefit_type', 'is_cashable', 'recurrence', 'maturity', 'replaces_ref',
    'is_closed', 'directorate_code',
] %}
with

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}
    where known_to_at is null

),

line_in_force as (

    select *
    from {{ ref('int_line_in_force') }}
    where known_to_at is null

),

described as (

    select
        line.*,
        submission.directorate_code,
        submission.period_key,
        submission.receipt_seq,
        case
            when line_in_force.submission_id is not null then 1
            when in_force.submission_id is not null then 2
            else 3
        end as authority
    from {{ ref('stg_raw__savings_line') }} as line
    inner join {{ ref('stg_raw__submission') }} as submission on line.submission_id = submission.submission_id
    left join in_force on line.submission_id = in_force.submission_id
    left join line_in_force
        on line.submission_id = line_in_force.submission_id
        and line.source_row = line_in_force.source_row

),

best as (

    select *
    from described
    qualify authority = min(authority) over (partition by saving_ref, plan_year)

),

described_by_period as (

    select
        *,
        min(period_key) over (partition by saving_ref, plan_year) as first_period_key
    from best
    qualify row_number() over (partition by saving_ref, plan_year, period_key order by receipt_seq desc) = 1

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
    from described_by_period
    union
    select
        saving_ref,
        plan_year,
        period_key
    from closure
    union
    select
        planned.saving_ref,
        planned.plan_year,
        planned.period_key
    from planned
    inner join described_by_period as first_described
        on planned.saving_ref = first_described.saving_ref
        and planned.plan_year = first_described.plan_year
        and planned.period_key > first_described.first_period_key
        and first_described.period_key = first_described.first_period_key

),

with_description as (

    select
        moments.saving_ref,
        moments.plan_year,
        moments.period_key,
        described_by_period.saving_title,
        described_by_period.service_code,
        described_by_period.benefit_type,
        described_by_period.is_cashable,
        described_by_period.recurrence,
        described_by_period.maturity,
        described_by_period.replaces_ref,
        described_by_period.directorate_code as sender_code
    from moments
    inner join described_by_period
        on moments.saving_ref = described_by_period.saving_ref
        and moments.plan_year = described_by_period.plan_year
        and moments.period_key >= described_by_period.period_key
    qualify row_number() over (
        partition by moments.saving_ref, moments.plan_year, moments.period_key
        order by described_by_period.period_key desc
    ) = 1

),

with_closure as (

    select
        with_description.*,
        coalesce(closure.is_closed, false) as was_closed
    from with_description
    left join closure
        on with_description.saving_ref = closure.saving_ref
        and with_description.plan_year = closure.plan_year
        and with_description.period_key >= closure.period_key
    qualify row_number() over (
        partition by with_description.saving_ref, with_description.plan_year, with_description.period_key
        order by closure.period_key desc nulls last
    ) = 1

),

states as (

    select
        with_closure.*,
        period.start_date as effective_date,
        coalesce(plan.directorate_code, with_closure.sender_code) as directorate_code,
        with_closure.was_closed
        and (plan.saving_ref is not null or with_closure.replaces_ref is not null) as is_closed
    from with_closure
    inner join period on with_closure.period_key = period.period_key
    left join plan
        on with_closure.saving_ref = plan.saving_ref
        and with_closure.plan_year = plan.plan_year
        and {{ in_effect('plan', 'with_closure.period_key') }}
    qualify row_number() over (
        partition by with_closure.saving_ref, with_closure.plan_year, period.start_date
        order by with_closure.period_key desc
    ) = 1

),

version as (

    {{ versions('states', key=['saving_ref', 'plan_year'], attributes=attributes) }}

)

select
    {{ dimension_key('saving_line', ['saving_ref', 'plan_year', 'valid_from']) }} as saving_line_key,
    saving_ref,
    plan_year,
    {% for attribute in attributes -%}
    {{ attribute }},
    {% endfor -%}
    valid_from,
    valid_to,
    is_current,
    applies_from,
    applies_before
from version
