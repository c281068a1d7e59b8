-- Financial years, with their place in the programme.
with

years as (

    {{ last_known(ref('stg_reference__financial_year'), ['financial_year']) }}

)

select
    financial_year_key,
    financial_year,
    start_date,
    end_date,
    programme_year_no
from years
