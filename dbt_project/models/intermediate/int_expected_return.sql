-- Whose return is expected for which period of the calendar (R39), open or not, in spans of what was known.
with

expected_return as (

    select *
    from {{ ref('stg_reference__expected_return') }}

),

calendar as (

    select *
    from {{ ref('stg_reference__reporting_calendar') }}

)

select
    expected_return.directorate_code,
    calendar.financial_year_key,
    calendar.period_key,
    {{ common_span(['expected_return', 'calendar']) }}
from expected_return
inner join calendar
    on expected_return.financial_year_key = calendar.financial_year_key
    and expected_return.from_period_key <= calendar.period_key
    and (expected_return.to_period_key is null or expected_return.to_period_key >= calendar.period_key)
    and {{ overlap(['expected_return', 'calendar']) }}
