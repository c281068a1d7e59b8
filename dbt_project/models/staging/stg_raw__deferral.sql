-- The Deferrals sheet: a split deferral, one later year a row.
select
    submission_id,
    source_sheet,
    source_row,
    saving_ref,
    plan_year,
    {{ financial_year_key('deferred_to_year') }} as deferred_to_year_key,
    deferred_gbp,
    deferred_gbp_cell,
    reason,
    approved_by,
    row_hash
from {{ source('raw', 'deferral') }}
