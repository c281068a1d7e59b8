-- The PlanChanges sheet: what a directorate proposes; it moves nothing (R34). Amounts are as entered, positive.
select
    submission_id,
    source_sheet,
    source_row,
    change_ref,
    saving_ref,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    type as change_type,
    amount_gbp,
    amount_gbp_cell,
    to_directorate as to_directorate_code,
    reason,
    row_hash
from {{ source('raw', 'plan_change_proposal') }}
