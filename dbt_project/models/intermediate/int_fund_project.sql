-- What a fund line pays for, as at the latest open period (R28, R48): its projects by the council's list, by the
-- returns of investment and by the lines that name it, with the agreed share, the window of years and what was given.
with

fund as (

    select *
    from {{ ref('stg_reference__fund') }}
    where known_to_at is null

),

fund_window as (

    select
        fund_ref,
        min(window_from_key) as window_from_key,
        max(window_to_key) as window_to_key
    from fund
    group by fund_ref

),

-- What was committed stays, whatever year it is (R48): a directorate's latest return in force says it, and what an
-- earlier one said and this one says no more was put right.
own_latest as (

    select
        submission.submission_id,
        submission.directorate_code,
        submission.period_key,
        period.as_at_date
    from {{ ref('int_submission_in_force') }} as submission
    inner join {{ ref('int_reporting_period') }} as period on submission.period_key = period.period_key
    where submission.known_to_at is null
    qualify row_number() over (partition by submission.directorate_code order by submission.period_key desc) = 1

),

-- For a directorate that has ended its successor says it, from the successor's first return for a day after the end.
latest_return as (

    select own_latest.*
    from own_latest
    cross join {{ ref('int_latest_period') }} as latest_open
    inner join {{ ref('int_directorate_version') }} as directorate
        on own_latest.directorate_code = directorate.directorate_code
        and {{ applies_on('directorate', 'latest_open.as_at_date') }}
    left join own_latest as of_successor
        on directorate.successor_code = of_successor.directorate_code
        and directorate.valid_to < of_successor.as_at_date
    where of_successor.directorate_code is null

),

-- Every directorate whose lines name a fund line lists it (D16); of one project its own directorate's row says it,
-- as for the project itself (R57).
investment as (

    select
        investment.fund_ref,
        investment.project_ref,
        investment.approved_gbp,
        investment.committed_gbp,
        investment.drawn_gbp,
        investment.ongoing_cost_gbp,
        investment.is_enabling
    from latest_return
    inner join {{ ref('stg_raw__investment') }} as investment
        on latest_return.submission_id = investment.submission_id
    cross join {{ ref('int_latest_period') }} as latest_open
    inner join {{ ref('int_project_version') }} as project
        on investment.project_ref = project.project_ref
        and {{ applies_on('project', 'latest_open.as_at_date') }}
    qualify row_number() over (
        partition by investment.fund_ref, investment.project_ref
        order by
            case when project.directorate_code = latest_return.directorate_code then 1 else 2 end asc,
            latest_return.period_key desc,
            latest_return.directorate_code asc
    ) = 1

),

-- What a fund line gave stands under the project that it pays for; under others there is nothing, known to be so.
reported as (

    select distinct
        fund_ref,
        cast(0 as decimal(14, 2)) as none_gbp
    from investment

),

named as (

    select
        fund_ref,
        project_ref
    from fund
    union
    select
        fund_ref,
        project_ref
    from investment
    union
    select
        fund_ref,
        project_ref
    from {{ ref('int_fund_line') }}

)

-- Where no share is agreed a line counts whole. The window of a project that the list does not name is that of
-- the fund line; a fund line that is in no list has none, and every year counts.
select
    named.fund_ref,
    named.project_ref,
    investment.is_enabling,
    cast(coalesce(fund.share, 1) as decimal(9, 6)) as share,
    coalesce(fund.window_from_key, fund_window.window_from_key) as window_from_key,
    coalesce(fund.window_to_key, fund_window.window_to_key) as window_to_key,
    coalesce(fund.approved_gbp, investment.approved_gbp, reported.none_gbp) as approved_gbp,
    coalesce(investment.committed_gbp, reported.none_gbp) as committed_gbp,
    coalesce(investment.drawn_gbp, reported.none_gbp) as drawn_gbp,
    coalesce(investment.ongoing_cost_gbp, 0) as ongoing_cost_gbp
from named
left join fund
    on named.fund_ref = fund.fund_ref
    and named.project_ref = fund.project_ref
left join fund_window on named.fund_ref = fund_window.fund_ref
left join investment
    on named.fund_ref = investment.fund_ref
    and named.project_ref = investment.project_ref
left join reported on named.fund_ref = reported.fund_ref
