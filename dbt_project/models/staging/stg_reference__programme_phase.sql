-- The phases of the programme.
select
    phase_code,
    phase_name,
    description,
    sort_order,
    known_from_at,
    known_to_at
from {{ source('reference', 'programme_phase') }}
