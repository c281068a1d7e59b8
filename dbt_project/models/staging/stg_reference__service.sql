-- Services and the directorate that holds each, by days.
select
    service_code,
    service_name,
    directorate_code,
    valid_from,
    valid_to,
    known_from_at,
    known_to_at
from {{ source('reference', 'service') }}
