-- Directorates with the days on which each name and successor held.
select
    directorate_code,
    directorate_name,
    valid_from,
    valid_to,
    successor_code,
    known_from_at,
    known_to_at
from {{ source('reference', 'directorate') }}
