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

-- Narrow rows, grouped and not sorted: of ten million lines, windows over what is described do not fit into memory.
described as (

    select
        line.saving_ref,
        line.plan_year,
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

    select
        saving_ref,
        plan_year,
        min(authority) as authority
    from described
    group by saving_ref, plan_year

),

latest as (

    select
        described.saving_ref,
        described.plan_year,
        described.period_key,
        max(described.receipt_seq) as receipt_seq
    from described
    inner join best
        on described.saving_ref = best.saving_ref
        and described.plan_year = best.plan_year
        and described.authority = best.authority
    group by described.saving_ref, described.plan_year, described.period_key

)

select
    latest.saving_ref,
    latest.plan_year,
    latest.period_key,
    submission.directorate_code,
    line.saving_title,
    line.service_code,
    line.benefit_type,
    line.is_cashable,
    line.recurrence,
    line.maturity,
    line.replaces_ref
from latest
inner join {{ ref('stg_raw__submission') }} as submission on latest.receipt_seq = submission.receipt_seq
inner join {{ ref('stg_raw__savings_line') }} as line
    on submission.submission_id = line.submission_id
    and latest.saving_ref = line.saving_ref
    and latest.plan_year = line.plan_year
