-- Named values that rules ask for; text, typed by whoever asks.
select
    name as setting_name,
    value as setting_value,
    meaning,
    known_from_at,
    known_to_at
from {{ source('reference', 'setting') }}
