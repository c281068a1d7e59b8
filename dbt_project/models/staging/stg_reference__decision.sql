-- Decisions that a return may name to write a saving off (R07).
select
    decision_ref,
    body,
    decided_on,
    title,
    known_from_at,
    known_to_at
from {{ source('reference', 'decision') }}
