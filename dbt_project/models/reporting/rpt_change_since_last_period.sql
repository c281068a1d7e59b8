-- What changed from one open period to the next, and why (G5): an amount of a saving, in a run of periods
-- that each differ by as much from the period before, for the same cause.
with

change as (

    select *
    from {{ ref('int_position_change') }}

),

-- Within a run the number of the period and the number of the row rise together.
numbered as (

    select
        *,
        period_no - row_number() over (
            partition by
                saving_ref, plan_year, measure, difference_gbp, cause, directorate_code, is_cashable,
                coalesce(decision_ref, '')
            order by period_no
        ) as run_no
    from change

),

run as (

    select
        saving_ref,
        plan_year,
        measure,
        difference_gbp,
        cause,
        directorate_code,
        is_cashable,
        max(decision_ref) as decision_ref,
        max_by(submission_id, period_key) as submission_id,
        min(period_key) as from_period_key,
        max(period_key) as to_period_key,
        count(*) as period_count
    from numbered
    group by
        saving_ref, plan_year, measure, difference_gbp, cause, directorate_code, is_cashable,
        coalesce(decision_ref, ''), run_no

),

latest_open as (

    select *
    from {{ ref('int_latest_period') }}

),

latest_complete as (

    select *
    from {{ ref('int_latest_complete_period') }}

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('change_since_last_period', [
        'run.saving_ref', 'run.plan_year', 'run.directorate_code', 'run.measure', 'run.from_period_key',
    ]) }} as change_since_last_period_key,
    {{ dimension_key('saving', ['run.saving_ref', 'run.plan_year']) }} as saving_key,
    run.saving_ref,
    run.plan_year,
    run.directorate_code,
    run.measure,
    run.from_period_key,
    run.to_period_key,
    cast(run.period_count as integer) as period_count,
    run.difference_gbp,
    run.cause,
    run.decision_ref,
    run.submission_id,
    run.is_cashable,
    latest_open.period_key is not null as is_latest_period,
    latest_complete.period_key is not null as is_latest_complete_period
from run
left join latest_open on latest_open.period_key between run.from_period_key and run.to_period_key
left join latest_complete on latest_complete.period_key between run.from_period_key and run.to_period_key
