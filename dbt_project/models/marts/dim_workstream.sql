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
        coalesce(max(sort_order), 0) + 1 as sort_order
    from workstream

)

select
    {{ dimension_key('workstream', ['code']) }} as workstream_key,
    code,
    name,
    sort_order
from member
