-- From which period of a year to which a directorate is expected to report (R39).
select
    directorate_code,
    financial_year,
    {{ financial_year_key('financial_year') }} as financial_year_key,
    {{ period_key('financial_year', 'from_period') }} as from_period_key,
    {{ period_key('financial_year', 'to_period') }} as to_period_key,
    known_from_at,
    known_to_at
from {{ source('reference', 'expected_return') }}
