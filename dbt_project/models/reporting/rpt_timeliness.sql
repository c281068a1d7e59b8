-- Who sends in time, and right at once (G6): a directorate and each period up to the latest open one for which
-- its return is expected, by the first file that came for it and was not withdrawn.
with

status as (

    select status.*
    from {{ ref('rpt_submission_status') }} as status
    inner join {{ ref('int_latest_period') }} as latest on status.period_key <= latest.period_key

),

-- What was there already, or was sent again while it lay there, is not another return; what was withdrawn, sent for
-- the wrong period perhaps (R54), is none.
received as (

    select
        submission.directorate_code,
        submission.period_key,
        submission.return_type,
        submission.received_at,
        submission.accepted_at,
        row_number() over (
            partition by submission.directorate_code, submission.period_key
            order by submission.receipt_seq
        ) as place
    from {{ ref('stg_raw__submission') }} as submission
    where submission.period_key is not null and submission.state not in ('duplicate', 'overtaken', 'withdrawn')

),

returned as (

    select
        directorate_code,
        period_key,
        count(*) as return_count,
        count(*) filter (where place > 1 and return_type = 'Resubmission') as resubmission_count,
        min(case when place = 1 then {{ day_in_london('received_at') }} end) as first_received_on,
        bool_or(place = 1 and accepted_at is not null) as is_first_accepted
    from received
    group by directorate_code, period_key

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('timeliness', ['status.directorate_code', 'status.period_key']) }} as timeliness_key,
    status.reporting_year,
    status.reporting_period,
    status.period_key,
    status.directorate_code,
    status.directorate_name,
    status.due_on,
    returned.first_received_on,
    cast(returned.first_received_on - status.due_on as integer) as days_late,
    coalesce(returned.first_received_on <= status.due_on, false) as is_on_time,
    coalesce(returned.first_received_on > status.due_on, false) as is_late,
    returned.first_received_on is null as is_missing,
    coalesce(returned.is_first_accepted and returned.resubmission_count = 0, false) as is_first_time_right,
    cast(coalesce(returned.return_count, 0) as integer) as return_count,
    status.is_latest_period,
    status.is_latest_complete_period
from status
left join returned
    on status.directorate_code = returned.directorate_code
    and status.period_key = returned.period_key
