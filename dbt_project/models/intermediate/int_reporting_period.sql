-- Every period that the calendar ever listed, as it lists it now or listed it last, with its first day.
with

latest as (

    select *
    from {{ ref('stg_reference__reporting_calendar') }}
    qualify row_number() over (partition by period_key order by known_from_at desc) = 1

),

years as (

    select *
    from {{ ref('stg_reference__financial_year') }}
    qualify row_number() over (partition by financial_year_key order by known_from_at desc) = 1

),

-- P12 and P13 end on one day, so they begin on one day too.
as_at_days as (

    select
        financial_year_key,
        as_at_date,
        lag(as_at_date) over (partition by financial_year_key order by as_at_date) as previous_as_at_date
    from latest
    group by financial_year_key, as_at_date

)

select
    latest.financial_year,
    latest.reporting_period,
    latest.financial_year_key,
    latest.period_key,
    coalesce({{ days_after('as_at_days.previous_as_at_date', 1) }}, years.start_date) as start_date,
    latest.as_at_date,
    latest.return_due_date
from latest
inner join as_at_days
    on latest.financial_year_key = as_at_days.financial_year_key
    and latest.as_at_date = as_at_days.as_at_date
left join years on latest.financial_year_key = years.financial_year_key
