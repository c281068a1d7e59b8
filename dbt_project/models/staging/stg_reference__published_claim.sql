-- Figures that a report prints (R50), one row a claim, measure and directorate.
select
    claim_ref,
    report_code,
    paragraph,
    printed_text,
    measure,
    unit,
    financial_year,
    status_word,
    as_at,
    basis,
    directorate_code,
    printed_value,
    value_low,
    value_high,
    warehouse_measure,
    warehouse_period,
    is_testable,
    caveat,
    sort_order,
    known_from_at,
    known_to_at
from {{ source('reference', 'published_claim') }}
