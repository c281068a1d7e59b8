-- Which financial years belong to which phases; a year may belong to two (X16).
select
    financial_year,
    {{ financial_year_key('financial_year') }} as financial_year_key,
    phase_code,
    known_from_at,
    known_to_at
from {{ source('reference', 'year_phase') }}
