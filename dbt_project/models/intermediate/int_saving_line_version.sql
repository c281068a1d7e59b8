-- A saving line by effective date: as returns in force describe it from the first day of the period
-- that reported it, the directorate to which the plan gives it, and whether it is closed (R51), which one
-- that the plan no longer has is not (F11). Every line of any accepted return has a member; one that
-- stands nowhere is as it was last described.
{%- set attributes = [
    'saving_title', 'service_code', 'benefit_type', 'is_cashable', 'recurrence', 'maturity', 'replaces_ref',
    'is_closed', 'directorate_code',
] %}
with

moments as (

    select *
    from {{ ref('int_line_moment') }}

),

description as (

    select *
    from {{ ref('int_line_description') }}

),

plan as (

    select *
    from {{ ref('int_plan_in_force') }}
    where known_to_at is null

),

states as (

    select
        moments.saving_ref,
        moments.plan_year,
        moments.effective_date,
        description.saving_title,
        description.service_code,
        description.benefit_type,
        description.is_cashable,
        description.recurrence,
        description.maturity,
        description.replaces_ref,
        coalesce(plan.directorate_code, description.directorate_code) as directorate_code,
        moments.was_closed
        and (plan.saving_ref is not null or description.replaces_ref is not null) as is_closed
    from moments
    inner join description
        on moments.saving_ref = description.saving_ref
        and moments.plan_year = description.plan_year
        and moments.described_period_key = description.period_key
    left join plan
        on moments.saving_ref = plan.saving_ref
        and moments.plan_year = plan.plan_year
        and {{ in_effect('plan', 'moments.period_key') }}

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
    applies_from,
    applies_before
from version
