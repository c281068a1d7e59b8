-- What a directorate says of a saving line.
with

word as (

    {{ last_known(ref('stg_reference__vocabulary'), ['vocabulary', 'code']) }}

)

select
    {{ dimension_key('status', ['code']) }} as status_key,
    code,
    name,
    sort_order
from word
where vocabulary = 'status'
