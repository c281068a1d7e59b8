-- What the checks said of each file.
select
    submission_id,
    finding_no,
    rule_code,
    severity,
    sheet,
    cell,
    row_ref,
    column_name,
    raw_value,
    message,
    refusal_code
from {{ source('raw', 'finding') }}
