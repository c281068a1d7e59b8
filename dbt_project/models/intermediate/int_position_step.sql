-- A saving's figures in an open period beside those in the open period before, as they stand now: one row a
-- saving, directorate and period where either has it, so two where it moved. What is not known counts 0.
{%- set described = ['submission_id', 'is_cashable', 'is_restated', 'is_carried_forward', 'decision_ref'] %}
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

this_and_previous as (

    select
        position.*,
        period.period_key as step_period_key,
        false as is_previous
    from position
    inner join period on position.period_key = period.period_key
    union all
    select
        position.*,
        period.period_key as step_period_key,
        true as is_previous
    from position
    inner join period on position.period_key = period.previous_period_key

),

step as (

    select
        saving_ref,
        plan_year,
        directorate_code,
        step_period_key as period_key,
        count(*) filter (where is_previous) = 0 as is_new,
        count(*) filter (where not is_previous) = 0 as is_gone,
        {%- for column in described %}
        coalesce(max({{ column }}) filter (where not is_previous), max({{ column }})) as {{ column }},
        {%- endfor %}
        {%- for measure in position_measures() %}
        coalesce(max({{ measure }}) filter (where not is_previous), 0) as {{ measure }},
        coalesce(max({{ measure }}) filter (where is_previous), 0) as previous_{{ measure }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from this_and_previous
    group by saving_ref, plan_year, directorate_code, step_period_key

)

select
    step.*,
    period.previous_period_key,
    period.period_no,
    count(*) over (partition by step.saving_ref, step.plan_year, step.period_key) > 1 as is_moved
from step
inner join period on step.period_key = period.period_key
where period.previous_period_key is not null
