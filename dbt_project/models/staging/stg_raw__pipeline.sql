-- The Pipeline sheet: ideas with a range of pounds, in no total (R30).
select
    submission_id,
    source_sheet,
    source_row,
    idea_ref,
    title,
    {{ financial_year_key('year') }} as delivery_year_key,
    low_gbp,
    low_gbp_cell,
    likely_gbp,
    likely_gbp_cell,
    high_gbp,
    high_gbp_cell,
    maturity,
    row_hash
from {{ source('raw', 'pipeline') }}
