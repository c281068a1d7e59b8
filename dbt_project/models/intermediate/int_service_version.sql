-- A service and the directorate that held it, by the days on which that held, as the reference data
-- says now or said last.
with

latest as (

    select *
    from {{ ref('stg_reference__service') }}
    qualify
        coalesce(known_to_at, {{ end_of_time() }})
        = max(coalesce(known_to_at, {{ end_of_time() }})) over (partition by service_code)

)

select
    {{ dimension_key('service', ['service_code', 'valid_from']) }} as service_key,
    service_code,
    service_name,
    directorate_code,
    valid_from,
    valid_to,
    {{ applicability(['service_code'], 'valid_from') }}
from latest
