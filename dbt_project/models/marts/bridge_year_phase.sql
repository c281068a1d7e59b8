-- The phases that a financial year belongs to: years 2 and 5 of the programme to two each (X16).
select
    financial_year_key,
    {{ dimension_key('programme_phase', ['phase_code']) }} as programme_phase_key
from {{ ref('stg_reference__year_phase') }}
where known_to_at is null
