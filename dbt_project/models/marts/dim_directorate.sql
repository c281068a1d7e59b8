-- Directorates by effective date (R23).
select
    directorate.directorate_key,
    directorate.directorate_code,
    directorate.directorate_name,
    directorate.successor_code,
    directorate.valid_from,
    directorate.valid_to,
    {{ holds_on('directorate', 'today.today') }} as is_current
from {{ ref('int_directorate_version') }} as directorate
cross join {{ ref('int_today') }} as today
