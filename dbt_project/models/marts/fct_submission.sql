-- Every file received, from its receipt to where it has come to: one row a file.
with

submission as (

    select *
    from {{ ref('stg_raw__submission') }}

),

standing as (

    select *
    from {{ ref('int_submission_standing') }}

),

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

directorate as (

    select *
    from {{ ref('int_directorate_version') }}

)

select
    {{ dimension_key('submission', ['submission.submission_id']) }} as submission_key,
    directorate.directorate_key,
    submission.financial_year_key as reporting_year_key,
    period.period_key,
    submission.version_no,
    standing.state,
    period.return_due_date as due_on,
    {{ day_in_london('submission.received_at') }} as received_on,
    submission.received_at,
    submission.is_receipt_declared,
    submission.judged_at,
    submission.accepted_at,
    case when submission.is_certified then submission.accepted_at end as certified_at,
    standing.superseded_at,
    submission.withdrawn_at,
    submission.rows_read,
    standing.rows_loaded,
    standing.rows_quarantined,
    submission.block_count,
    submission.warn_count,
    submission.control_row_count,
    submission.control_baseline_gbp,
    submission.control_achieved_gbp,
    submission.control_projected_gbp,
    submission.control_deferred_gbp,
    submission.control_undeliverable_gbp
from submission
inner join standing on submission.submission_id = standing.submission_id
left join period on submission.period_key = period.period_key
left join directorate
    on submission.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', "coalesce(period.as_at_date, date '9999-12-30')") }}
