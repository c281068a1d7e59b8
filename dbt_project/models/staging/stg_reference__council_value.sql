-- The values of the Council Plan.
select
    code,
    name,
    sort_order,
    source,
    known_from_at,
    known_to_at
from {{ source('reference', 'council_value') }}
