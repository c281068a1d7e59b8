-- RAG words, submitted and derived (R29, R46), and None for a line that has none.
with

word as (

    {{ last_known(ref('stg_reference__vocabulary'), ['vocabulary', 'code']) }}

),

member as (

    select
        code,
        name,
        sort_order
    from word
    where vocabulary = 'rag'
    union all
    select
        'None' as code,
        'None' as name,
        coalesce(max(sort_order), 0) + 1 as sort_order
    from word
    where vocabulary = 'rag'

)

select
    {{ dimension_key('rag', ['code']) }} as rag_key,
    code,
    name,
    sort_order
from member
