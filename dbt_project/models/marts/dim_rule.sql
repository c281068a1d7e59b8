-- The catalogue of checks that a return goes through, with who mends what each finds.
select
    {{ dimension_key('rule', ['rule_code']) }} as rule_key,
    rule_code as code,
    rule_name as name,
    severity,
    who_fixes,
    sort_order
from {{ ref('stg_raw__rule') }}
