-- The register: each line with its original baseline (R34).
select
    saving_ref,
    plan_year,
    directorate_code,
    is_cashable,
    baseline_gbp,
    budget_document,
    known_from_at,
    known_to_at
from {{ source('reference', 'approved_plan') }}
