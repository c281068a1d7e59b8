-- The version of a return that holds a directorate's forecast for a period (R47): the last accepted one
-- that is no Restatement. A Restatement knows what came after; a withdrawn version was never meant.
select
    submission_id,
    directorate_code,
    financial_year_key,
    period_key,
    receipt_seq
from {{ ref('stg_raw__submission') }}
where accepted_at is not null and withdrawn_at is null and return_type <> 'Restatement'
qualify row_number() over (partition by directorate_code, period_key order by receipt_seq desc) = 1
