-- The periods that are collected (R38), and before each year's first the plan itself as P00.
with

years as (

    select *
    from {{ ref('dim_financial_year') }}
    where start_date is not null

),

period as (

    select
        financial_year,
        reporting_period,
        as_at_date,
        return_due_date
    from {{ ref('int_reporting_period') }}
    union all
    select
        financial_year,
        'P00' as reporting_period,
        start_date as as_at_date,
        cast(null as date) as return_due_date
    from years

),

latest as (

    select *
    from {{ ref('int_latest_period') }}

),

latest_complete as (

    select *
    from {{ ref('int_latest_complete_period') }}

),

keyed as (

    select
        *,
        {{ period_key('financial_year', 'reporting_period') }} as period_key
    from period

)

select
    keyed.period_key,
    {{ financial_year_key('keyed.financial_year') }} as reporting_year_key,
    keyed.financial_year as reporting_year,
    keyed.reporting_period,
    case
        when keyed.reporting_period between 'P01' and 'P03' then 'Q1'
        when keyed.reporting_period between 'P04' and 'P06' then 'Q2'
        when keyed.reporting_period between 'P07' and 'P09' then 'Q3'
        when keyed.reporting_period between 'P10' and 'P13' then 'Q4'
    end as quarter,
    keyed.as_at_date,
    keyed.return_due_date as due_on,
    latest.period_key is not null as is_latest_period,
    latest_complete.period_key is not null as is_latest_complete_period
from keyed
left join latest on keyed.period_key = latest.period_key
left join latest_complete on keyed.period_key = latest_complete.period_key
