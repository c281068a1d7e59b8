-- The periods that are collected (R38), with as-at and due day.
select
    financial_year,
    reporting_period,
    {{ financial_year_key('financial_year') }} as financial_year_key,
    {{ period_key('financial_year', 'reporting_period') }} as period_key,
    as_at_date,
    return_due_date,
    known_from_at,
    known_to_at
from {{ source('reference', 'reporting_calendar') }}
