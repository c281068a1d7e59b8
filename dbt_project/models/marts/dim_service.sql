-- Services by effective date, each with the directorate that held it.
select
    service_key,
    service_code,
    service_name,
    directorate_code,
    valid_from,
    valid_to,
    is_current
from {{ ref('int_service_version') }}
