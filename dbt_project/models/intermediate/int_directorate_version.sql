-- A directorate as it was named, by the days on which that held, as the reference data says now or
-- said last.
with

latest as (

    select *
    from {{ ref('stg_reference__directorate') }}
    qualify
        coalesce(known_to_at, {{ end_of_time() }})
        = max(coalesce(known_to_at, {{ end_of_time() }})) over (partition by directorate_code)

)

select
    {{ dimension_key('directorate', ['directorate_code', 'valid_from']) }} as directorate_key,
    directorate_code,
    directorate_name,
    successor_code,
    valid_from,
    valid_to,
    {{ applicability(['directorate_code'], 'valid_from') }}
from latest
