-- The catalogue of checks.
select
    rule_code,
    rule_name,
    severity,
    who_fixes,
    sort_order
from {{ source('raw', 'rule') }}
