-- Where a received file has come to: what the ledger says of it, with `superseded` for an accepted
-- return that another one has replaced, and since when (R10).
with

submission as (

    select *
    from {{ ref('stg_raw__submission') }}

),

last_in_force as (

    select
        submission_id,
        bool_or(known_to_at is null) as is_in_force,
        max(known_to_at) as gave_way_at
    from {{ ref('int_submission_in_force') }}
    group by submission_id

),

registration as (

    select
        submission_id,
        source_row
    from {{ ref('int_line_registration') }}
    where known_to_at is null

),

-- What is registered now, whether or not the return is in force.
registered as (

    select
        line.submission_id,
        count(registration.source_row) as registered_count,
        sum(case when registration.source_row is null then line.baseline_gbp else 0 end) as quarantined_gbp
    from {{ ref('stg_raw__savings_line') }} as line
    left join registration
        on line.submission_id = registration.submission_id
        and line.source_row = registration.source_row
    group by line.submission_id

),

standing as (

    select
        submission.*,
        last_in_force.gave_way_at,
        coalesce(last_in_force.is_in_force, false) as is_in_force,
        coalesce(registered.registered_count, 0) as registered_count,
        coalesce(registered.quarantined_gbp, 0) as quarantined_gbp,
        submission.state = 'accepted' and not coalesce(last_in_force.is_in_force, false) as is_superseded
    from submission
    left join last_in_force on submission.submission_id = last_in_force.submission_id
    left join registered on submission.submission_id = registered.submission_id

)

select
    submission_id,
    is_in_force,
    case when is_superseded then 'superseded' else state end as state,
    case when is_superseded then coalesce(gave_way_at, accepted_at) end as superseded_at,
    case when accepted_at is null then 0 else cast(registered_count as integer) end as rows_loaded,
    case when accepted_at is null then rows_quarantined else cast(rows_read - registered_count as integer) end
        as rows_quarantined,
    {{ money('quarantined_gbp') }} as quarantined_gbp
from standing
