-- Services by effective date, each with the directorate that held it.
select
    service.service_key,
    service.service_code,
    service.service_name,
    service.directorate_code,
    service.valid_from,
    service.valid_to,
    {{ holds_on('service', 'today.today') }} as is_current
from {{ ref('int_service_version') }} as service
cross join {{ ref('int_today') }} as today
