-- Enabling workstreams (R27), and None for a project without any (R41).
with

workstream as (

    {{ last_known(ref('stg_reference__workstream'), ['code']) }}

),

member as (

    select
        code,
        name,
        sort_order
    from workstream
    union all
    select
        'None' as code,
        'None' as name,
        999 as sort_order

)

select
    {{ surrogate_key('workstream', ['code']) }} as workstream_key,
    code,
    name,
    sort_order
from member
