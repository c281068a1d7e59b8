-- Themes of the programme (R27), and None for a project without any (R41).
with

theme as (

    {{ last_known(ref('stg_reference__theme'), ['code']) }}

),

member as (

    select
        code,
        name,
        sort_order
    from theme
    union all
    select
        'None' as code,
        'None' as name,
        coalesce(max(sort_order), 0) + 1 as sort_order
    from theme

)

select
    {{ dimension_key('theme', ['code']) }} as theme_key,
    code,
    name,
    sort_order
from member
