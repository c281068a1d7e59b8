-- The reports whose figures are kept.
select
    report_code,
    title,
    meeting_date,
    known_from_at,
    known_to_at
from {{ source('reference', 'report') }}
