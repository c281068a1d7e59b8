-- The words of each list in the template, with their order.
select
    vocabulary,
    code,
    name,
    sort_order,
    definition,
    known_from_at,
    known_to_at
from {{ source('reference', 'vocabulary') }}
