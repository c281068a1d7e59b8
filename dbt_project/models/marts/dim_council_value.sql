-- Values of the Council Plan.
with

council_value as (

    {{ last_known(ref('stg_reference__council_value'), ['code']) }}

)

select
    {{ dimension_key('council_value', ['code']) }} as council_value_key,
    code,
    name,
    sort_order
from council_value
