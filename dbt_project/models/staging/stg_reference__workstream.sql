-- The enabling workstreams (R27).
select
    code,
    name,
    sort_order,
    source,
    known_from_at,
    known_to_at
from {{ source('reference', 'workstream') }}
