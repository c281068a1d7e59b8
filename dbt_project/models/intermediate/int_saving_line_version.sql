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

described as (

    select
        moments.saving_ref,
        moments.plan_year,
        moments.period_key,
        moments.was_closed,
        description.saving_title,
        description.service_code,
        description.benefit_type,
        description.is_cashable,
        description.recurrence,
        description.maturity,
        description.replaces_ref,
        description.directorate_code as sender_code
    from moments
    inner join description
        on moments.saving_ref = description.saving_ref
        and moments.plan_year = description.plan_year
        and moments.period_key >= description.period_key
    qualify row_number() over (
        partition by moments.saving_ref, moments.plan_year, moments.period_key
        order by description.period_key desc
    ) = 1

),

states as (

    select
        described.*,
        period.start_date as effective_date,
        coalesce(plan.directorate_code, described.sender_code) as directorate_code,
        described.was_closed
        and (plan.saving_ref is not null or described.replaces_ref is not null) as is_closed
    from described
    inner join period on described.period_key = period.period_key
    left join plan
        on described.saving_ref = plan.saving_ref
        and described.plan_year = plan.plan_year
        and {{ in_effect('plan', 'described.period_key') }}
    qualify row_number() over (
        partition by described.saving_ref, described.plan_year, period.start_date
        order by described.period_key desc
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
