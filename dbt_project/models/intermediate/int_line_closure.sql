-- From which year on a line is closed, or open again (R51): closed while at its last close nothing is
-- deferred and nothing unexplained. Only years that have begun to be reported are looked at.
with

year_close as (

    select *
    from {{ ref('int_year_close') }}

),

last_open_year as (

    select max(financial_year_key) as financial_year_key
    from {{ ref('int_open_period') }}
    where known_to_at is null

)

select
    year_close.saving_ref,
    year_close.plan_year,
    year_close.closed_year_key + 1 as from_year_key,
    year_close.deferred_gbp = 0 and year_close.unexplained_gbp = 0 as is_closed
from year_close
inner join last_open_year on year_close.closed_year_key < last_open_year.financial_year_key
