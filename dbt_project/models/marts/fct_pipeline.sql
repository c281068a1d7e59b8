-- Ideas with a range of pounds, which is in no total (R30): one row an idea and delivery year, period,
-- submission and span of knowledge; carried where the directorate's return is (R38).
with

return_span as (

    select *
    from {{ ref('int_return_span') }}

),

pipeline as (

    select *
    from {{ ref('stg_raw__pipeline') }}

)

select
    {{ surrogate_key('pipeline', [
        'pipeline.idea_ref', 'pipeline.delivery_year_key', 'return_span.period_key', 'return_span.submission_id',
        'return_span.span_no',
    ]) }} as pipeline_key,
    return_span.span_no,
    pipeline.idea_ref,
    pipeline.title,
    return_span.directorate_key,
    pipeline.delivery_year_key,
    return_span.reporting_year_key,
    return_span.period_key,
    return_span.submission_key,
    pipeline.low_gbp,
    pipeline.low_gbp_cell,
    pipeline.likely_gbp,
    pipeline.likely_gbp_cell,
    pipeline.high_gbp,
    pipeline.high_gbp_cell,
    pipeline.maturity,
    return_span.is_current,
    return_span.is_latest_period,
    return_span.is_latest_complete_period,
    return_span.is_carried_forward,
    return_span.carried_from_period_key,
    return_span.known_from_at as valid_from_at,
    return_span.known_to_at as valid_to_at,
    pipeline.source_sheet,
    pipeline.source_row,
    pipeline.row_hash
from return_span
inner join pipeline on return_span.submission_id = pipeline.submission_id
