-- RAG words, submitted and derived (R29, R46).
with

word as (

    {{ last_known(ref('stg_reference__vocabulary'), ['vocabulary', 'code']) }}

)

select
    {{ surrogate_key('rag', ['code']) }} as rag_key,
    code,
    name,
    sort_order
from word
where vocabulary = 'rag'
