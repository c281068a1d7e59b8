-- What kind of benefit a saving line is.
with

word as (

    {{ last_known(ref('stg_reference__vocabulary'), ['vocabulary', 'code']) }}

)

select
    {{ dimension_key('benefit_type', ['code']) }} as benefit_type_key,
    code,
    name,
    sort_order
from word
where vocabulary = 'benefit_type'
