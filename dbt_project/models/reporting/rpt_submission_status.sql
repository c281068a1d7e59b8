-- Who has returned what (P11): a directorate and each period for which its return is expected, up to the one that
-- is due first after the latest open period (G6), and each period for which it sent one all the same.
with

calendar as (

    select *
    from {{ ref('stg_reference__reporting_calendar') }}
    where known_to_at is null

),

expected as (

    select
        expected_return.directorate_code,
        calendar.period_key,
        calendar.return_due_date
    from {{ ref('int_expected_return') }} as expected_return
    inner join calendar on expected_return.period_key = calendar.period_key
    where expected_return.known_to_at is null

),

latest_open as (

    select coalesce(max(period_key), 0) as period_key
    from {{ ref('int_latest_period') }}

),

-- P01 is due before the closedown P13 of the year before.
later as (

    select
        expected.period_key,
        row_number() over (order by expected.return_due_date, expected.period_key) as place
    from expected
    inner join latest_open on expected.period_key > latest_open.period_key

),

-- What is due next; nobody has been asked for what comes later.
next_period as (

    select coalesce(max(period_key), 999999) as period_key
    from later
    where place = 1

),

due as (

    select
        expected.directorate_code,
        expected.period_key
    from expected
    inner join next_period on expected.period_key <= next_period.period_key

),

-- Of each directorate and period the return in force; where there is none, what came last.
received as (

    select
        submission.*,
        standing.state as state_reached
    from {{ ref('stg_raw__submission') }} as submission
    inner join {{ ref('int_submission_standing') }} as standing
        on submission.submission_id = standing.submission_id
    where submission.period_key is not null and standing.state not in ('duplicate', 'overtaken')
    qualify row_number() over (
        partition by submission.directorate_code, submission.period_key
        order by standing.is_in_force desc, submission.receipt_seq desc
    ) = 1

),

places as (

    select
        directorate_code,
        period_key
    from due
    union
    select
        directorate_code,
        period_key
    from received

),

covered as (

    select
        directorate.directorate_code,
        coverage.period_key,
        bool_or(coverage.coverage = 'CARRIED') as is_carried_forward,
        bool_or(coverage.is_incomplete) as is_incomplete,
        sum(coverage.not_reported_gbp) as not_reported_gbp
    from {{ ref('fct_return_coverage') }} as coverage
    inner join {{ ref('dim_directorate') }} as directorate on coverage.directorate_key = directorate.directorate_key
    where coverage.is_current
    group by directorate.directorate_code, coverage.period_key

)

select
    {{ surrogate_key('submission_status', ['places.directorate_code', 'places.period_key']) }}
        as submission_status_key,
    places.period_key,
    calendar.financial_year as reporting_year,
    calendar.reporting_period,
    places.directorate_code,
    directorate.directorate_name,
    received.folder_code,
    coalesce(received.state_reached, 'NOT_RECEIVED') as state,
    calendar.return_due_date as due_on,
    {{ day_in_london('received.received_at') }} as received_on,
    received.received_at,
    received.version_no,
    received.certification,
    received.block_count,
    received.warn_count,
    coalesce(covered.is_carried_forward, false) as is_carried_forward,
    coalesce(covered.is_incomplete, false) as is_incomplete,
    {{ money('coalesce(covered.not_reported_gbp, 0)') }} as not_reported_gbp,
    period.is_latest_period,
    period.is_latest_complete_period
from places
inner join calendar on places.period_key = calendar.period_key
inner join {{ ref('dim_reporting_period') }} as period on places.period_key = period.period_key
inner join {{ ref('int_directorate_version') }} as directorate
    on places.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'calendar.as_at_date') }}
left join received
    on places.directorate_code = received.directorate_code
    and places.period_key = received.period_key
left join covered
    on places.directorate_code = covered.directorate_code
    and places.period_key = covered.period_key
