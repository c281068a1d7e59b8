-- Financial years.
select
    financial_year,
    {{ financial_year_key('financial_year') }} as financial_year_key,
    start_date,
    end_date,
    programme_year_no,
    known_from_at,
    known_to_at
from {{ source('reference', 'financial_year') }}
