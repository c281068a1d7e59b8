-- When a collected period is open (R38): while any directorate has a return in force for it or for
-- a later period of its year.
with

calendar as (

    select *
    from {{ ref('stg_reference__reporting_calendar') }}

),

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}

),

openings as (

    select
        calendar.financial_year_key,
        calendar.period_key,
        {{ common_span(['calendar', 'in_force']) }}
    from calendar
    inner join in_force
        on calendar.financial_year_key = in_force.financial_year_key
        and calendar.period_key <= in_force.period_key
        and {{ overlap(['calendar', 'in_force']) }}

),

opened as (

    {{ first_standing(
        'openings',
        key=['financial_year_key', 'period_key'],
        identity=[],
        first_by='candidate.known_from_at',
    ) }}

)

select
    financial_year_key,
    period_key,
    known_from_at,
    known_to_at
from opened
