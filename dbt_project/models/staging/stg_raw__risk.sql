-- The Risks sheet, one row a risk.
select
    submission_id,
    source_sheet,
    source_row,
    risk_ref,
    saving_ref,
    description,
    likelihood,
    impact_gbp,
    impact_gbp_cell,
    current_rating,
    residual_rating,
    owner_post,
    mitigation,
    due_date,
    row_hash
from {{ source('raw', 'risk') }}
