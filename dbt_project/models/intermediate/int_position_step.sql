-- A saving's figures in an open period beside those in the open period before, as they stand now: one row a
-- saving, directorate and period where either has it, so two where it moved. What is not known counts 0.
{%- set described = ['submission_id', 'is_cashable', 'decision_ref'] %}
with

position as (

    select
        position.*,
        line.achieved_to_date_gbp,
        line.decision_ref,
        coalesce(submission.return_type = 'Restatement', false) as is_restated
    from {{ ref('int_position') }} as position
    inner join {{ ref('stg_raw__savings_line') }} as line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row
    inner join {{ ref('stg_raw__submission') }} as submission on position.submission_id = submission.submission_id
    where position.is_current

),

period as (

    select
        period_key,
        lag(period_key) over (order by period_key) as previous_period_key,
        row_number() over (order by period_key) as period_no
    from {{ ref('int_open_period') }}
    where known_to_at is null

),

this_one as (

    select
        position.*,
        period.period_key as step_period_key
    from position
    inner join period on position.period_key = period.period_key

),

previous_one as (

    select
        position.*,
        period.period_key as step_period_key
    from position
    inner join period on position.period_key = period.previous_period_key

),

-- Joined, not grouped: of ten million lines, so many largest values of groups do not fit into memory.
step as (

    select
        coalesce(this_one.saving_ref, previous_one.saving_ref) as saving_ref,
        coalesce(this_one.plan_year, previous_one.plan_year) as plan_year,
        coalesce(this_one.directorate_code, previous_one.directorate_code) as directorate_code,
        coalesce(this_one.step_period_key, previous_one.step_period_key) as period_key,
        previous_one.saving_ref is null as is_new,
        this_one.saving_ref is null as is_gone,
        {%- for column in described %}
        coalesce(this_one.{{ column }}, previous_one.{{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(this_one.is_restated, false) as is_restated,
        coalesce(this_one.is_carried_forward, false) as is_carried_forward,
        {%- for measure in position_measures() %}
        coalesce(this_one.{{ measure }}, 0) as {{ measure }},
        coalesce(previous_one.{{ measure }}, 0) as previous_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from this_one
    full join previous_one
        on this_one.saving_ref = previous_one.saving_ref
        and this_one.plan_year = previous_one.plan_year
        and this_one.directorate_code = previous_one.directorate_code
        and this_one.step_period_key = previous_one.step_period_key

),

moved as (

    select
        saving_ref,
        plan_year,
        period_key
    from step
    where is_new or is_gone
    group by saving_ref, plan_year, period_key
    having count(*) > 1

)

select
    step.*,
    period.previous_period_key,
    period.period_no,
    moved.saving_ref is not null as is_moved
from step
inner join period on step.period_key = period.period_key
left join moved
    on step.saving_ref = moved.saving_ref
    and step.plan_year = moved.plan_year
    and step.period_key = moved.period_key
where period.previous_period_key is not null
