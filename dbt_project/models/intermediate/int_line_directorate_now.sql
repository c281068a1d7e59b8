-- Which directorate a saving line belongs to today (R23, "as now"): the one that holds the line's
-- service, as its last return names it; where nobody holds that service any more, the line's
-- directorate or whoever succeeded it.
with

line as (

    select version.*
    from {{ ref('int_saving_line_version') }} as version
    inner join {{ ref('int_today') }} as today on {{ applies_on('version', 'today.today') }}

),

held_service as (

    select
        version.service_code,
        version.directorate_code
    from {{ ref('int_service_version') }} as version
    inner join {{ ref('int_today') }} as today
        on {{ applies_on('version', 'today.today') }}
        and coalesce(version.valid_to >= today.today, true)

),

directorate_now as (

    select *
    from {{ ref('int_directorate_now') }}

)

select
    line.saving_ref,
    line.plan_year,
    directorate_now.current_directorate_key
from line
left join held_service on line.service_code = held_service.service_code
inner join directorate_now
    on coalesce(held_service.directorate_code, line.directorate_code) = directorate_now.directorate_code
