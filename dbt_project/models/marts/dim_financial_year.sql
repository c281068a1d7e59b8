-- Financial years, with their place in the programme, and None for pounds that no year delivers.
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
union all
select
    {{ no_financial_year_key() }} as financial_year_key,
    'None' as financial_year,
    null as start_date,
    null as end_date,
    null as programme_year_no
