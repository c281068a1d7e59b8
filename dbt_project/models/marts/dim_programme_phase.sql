-- Phases of the programme.
with

programme_phase as (

    {{ last_known(ref('stg_reference__programme_phase'), ['phase_code']) }}

)

select
    {{ dimension_key('programme_phase', ['phase_code']) }} as programme_phase_key,
    phase_code as code,
    phase_name as name,
    description,
    sort_order
from programme_phase
