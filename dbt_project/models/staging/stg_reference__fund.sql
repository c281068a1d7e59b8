-- Fund lines with the share that each project has of one, and the stated window of years (R28, R48).
select
    fund_ref,
    project_ref,
    share,
    approved_gbp,
    {{ financial_year_key('window_from') }} as window_from_key,
    {{ financial_year_key('window_to') }} as window_to_key,
    source,
    known_from_at,
    known_to_at
from {{ source('reference', 'fund') }}
