-- The latest open period of all years (R38): the one that a dashboard shows. No row while none is open.
with

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

latest_open as (

    select max(period_key) as period_key
    from {{ ref('int_open_period') }}
    where known_to_at is null

)

select
    period.period_key,
    period.as_at_date
from period
inner join latest_open on period.period_key = latest_open.period_key
