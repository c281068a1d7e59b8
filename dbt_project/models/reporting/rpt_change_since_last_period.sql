-- What changed from one open period to the next, and why (G5): an amount of a saving, in a run of periods
-- that each differ by as much from the period before, for the same cause.
{%- set alike %}
            saving_ref, plan_year, measure, difference_gbp, cause, directorate_code, is_cashable, decision_ref
{%- endset %}
with

change as (

    select *
    from {{ ref('int_position_change') }}

),

-- A run begins, or ends, where the open period before, or after, has no such change.
edged as (

    select
        *,
        coalesce(lag(period_no) over (partition by {{ alike }} order by period_no) <> period_no - 1, true) as is_first,
        coalesce(lead(period_no) over (partition by {{ alike }} order by period_no) <> period_no + 1, true) as is_last
    from change

),

begun as (

    select
        *,
        max(case when is_first then period_key end)
            over (partition by {{ alike }} order by period_no) as from_period_key,
        max(case when is_first then period_no end) over (partition by {{ alike }} order by period_no) as from_period_no
    from edged

),

-- A run is told by its last change: as an aggregate, the text of each return would stand in memory.
run as (

    select
        *,
        period_key as to_period_key,
        period_no - from_period_no + 1 as period_count
    from begun
    where is_last

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
