-- One row a day of the financial years that the council has set out, with its place in the year.
with

financial_year as (

    select *
    from {{ ref('dim_financial_year') }}
    where start_date is not null

),

reach as (

    select
        min(start_date) as first_day,
        max(end_date) as last_day
    from financial_year

),

day_of_reach as (

    {{ every_day('first_day', 'last_day', 'reach') }}

),

with_year as (

    select
        day_of_reach.day,
        financial_year.financial_year_key,
        financial_year.financial_year
    from day_of_reach
    inner join financial_year
        on day_of_reach.day between financial_year.start_date and financial_year.end_date

),

-- April is the first month of the year.
with_period as (

    select
        *,
        cast((extract(month from day) + 8) % 12 + 1 as integer) as period_no
    from with_year

),

with_quarter as (

    select
        *,
        cast(floor((period_no + 2) / 3) as integer) as quarter_no
    from with_period

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    cast(
        10000 * extract(year from day) + 100 * extract(month from day) + extract(day from day) as integer
    ) as date_key,
    day as date_day,
    financial_year_key as reporting_year_key,
    financial_year as reporting_year,
    quarter_no,
    'Q' || cast(quarter_no as {{ dbt.type_string() }}) as quarter,
    financial_year || ' Q' || cast(quarter_no as {{ dbt.type_string() }}) as financial_quarter,
    period_no,
    'P' || lpad(cast(period_no as {{ dbt.type_string() }}), 2, '0') as reporting_period,
    100 * financial_year_key + period_no as period_key
from with_quarter
