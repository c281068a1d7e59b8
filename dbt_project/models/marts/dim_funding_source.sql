-- Where the money of a fund line comes from.
with

word as (

    {{ last_known(ref('stg_reference__vocabulary'), ['vocabulary', 'code']) }}

)

select
    {{ dimension_key('funding_source', ['code']) }} as funding_source_key,
    code,
    name,
    sort_order
from word
where vocabulary = 'funding_source'
