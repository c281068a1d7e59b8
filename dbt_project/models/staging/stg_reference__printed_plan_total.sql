-- Plan totals that a report prints: what K2 reconciles original baselines with.
select
    directorate_code,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    is_cashable,
    baseline_gbp,
    source,
    known_from_at,
    known_to_at
from {{ source('reference', 'printed_plan_total') }}
