-- What the checks said of each file: one row for each cell of each finding. It is resolved once a
-- later return of the same directorate and period is in force of which the same check says nothing of
-- the same line and column, wherever the line stands in it (F8).
with

finding as (

    select *
    from {{ ref('stg_raw__finding') }}

),

submission as (

    select
        dim_submission.submission_id,
        submission.submission_key,
        submission.directorate_key,
        submission.reporting_year_key,
        submission.period_key
    from {{ ref('fct_submission') }} as submission
    inner join {{ ref('dim_submission') }} as dim_submission
        on submission.submission_key = dim_submission.submission_key

),

ledger as (

    select *
    from {{ ref('stg_raw__submission') }}

),

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}
    where known_to_at is null

),

-- The return now in force that came after the one which the finding is about.
answer as (

    select
        ledger.submission_id,
        in_force.submission_id as later_submission_id
    from ledger
    inner join in_force
        on ledger.directorate_code = in_force.directorate_code
        and ledger.period_key = in_force.period_key
        and ledger.receipt_seq < in_force.receipt_seq

),

repeated as (

    select
        submission_id,
        rule_code,
        coalesce(sheet, '') as sheet,
        coalesce(row_ref, '') as row_ref,
        coalesce(column_name, '') as column_name
    from finding
    group by submission_id, rule_code, coalesce(sheet, ''), coalesce(row_ref, ''), coalesce(column_name, '')

),

with_answer as (

    select
        finding.*,
        case when repeated.submission_id is null then answer.later_submission_id end as resolved_by_submission_id
    from finding
    left join answer on finding.submission_id = answer.submission_id
    left join repeated
        on answer.later_submission_id = repeated.submission_id
        and finding.rule_code = repeated.rule_code
        and coalesce(finding.sheet, '') = repeated.sheet
        and coalesce(finding.row_ref, '') = repeated.row_ref
        and coalesce(finding.column_name, '') = repeated.column_name

)

select
    {{ surrogate_key('finding', ['with_answer.submission_id', 'with_answer.finding_no']) }} as finding_key,
    submission.submission_key,
    submission.directorate_key,
    submission.reporting_year_key,
    submission.period_key,
    {{ dimension_key('rule', ['with_answer.rule_code']) }} as rule_key,
    with_answer.finding_no,
    with_answer.severity,
    with_answer.sheet,
    with_answer.cell,
    with_answer.row_ref,
    with_answer.column_name,
    with_answer.raw_value,
    with_answer.message,
    with_answer.resolved_by_submission_id is not null as is_resolved,
    case
        when with_answer.resolved_by_submission_id is not null
            then {{ dimension_key('submission', ['with_answer.resolved_by_submission_id']) }}
    end as resolved_by_submission_key
from with_answer
inner join submission on with_answer.submission_id = submission.submission_id
