-- Finance's decided changes of the plan, with the period from which each takes effect (R34).
select
    change_ref,
    saving_ref,
    plan_year,
    change_type,
    amount_gbp,
    directorate_code,
    is_cashable,
    counterpart_ref,
    {{ period_key('effective_year', 'effective_period') }} as effective_period_key,
    decision_ref,
    known_from_at,
    known_to_at
from {{ source('reference', 'plan_change') }}
