-- A saving line as the last return of each period describes it: by the rows that are in force, and where none is by the
-- return in force, or by any that was ever accepted, so that each line is described.
with

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}
    where known_to_at is null

),

line_in_force as (

    select *
    from {{ ref('int_line_in_force') }}
    where known_to_at is null

),

described as (

    select
        line.*,
        submission.directorate_code,
        submission.period_key,
        submission.receipt_seq,
        case
            when line_in_force.submission_id is not null then 1
            when in_force.submission_id is not null then 2
            else 3
        end as authority
    from {{ ref('stg_raw__savings_line') }} as line
    inner join {{ ref('stg_raw__submission') }} as submission on line.submission_id = submission.submission_id
    left join in_force on line.submission_id = in_force.submission_id
    left join line_in_force
        on line.submission_id = line_in_force.submission_id
        and line.source_row = line_in_force.source_row

),

best as (

    select *
    from described
    qualify authority = min(authority) over (partition by saving_ref, plan_year)

)

select
    saving_ref,
    plan_year,
    period_key,
    directorate_code,
    saving_title,
    service_code,
    benefit_type,
    is_cashable,
    recurrence,
    maturity,
    replaces_ref
from best
qualify row_number() over (partition by saving_ref, plan_year, period_key order by receipt_seq desc) = 1
