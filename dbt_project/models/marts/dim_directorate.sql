-- Directorates by effective date (R23).
select
    directorate_key,
    directorate_code,
    directorate_name,
    successor_code,
    valid_from,
    valid_to,
    is_current
from {{ ref('int_directorate_version') }}
