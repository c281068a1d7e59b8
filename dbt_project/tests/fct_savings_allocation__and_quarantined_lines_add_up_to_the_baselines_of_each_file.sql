-- R01: for a return in force and the period that it reports, what is allocated, what is quarantined (R33)
-- and what is another directorate's by a later move (F6) add up to the baseline cells of its file.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_allocation'}}}) }}

with

in_force as (

    select
        submission.submission_id,
        {{ dimension_key('submission', ['submission.submission_id']) }} as submission_key
    from {{ ref('int_submission_in_force') }} as submission
    inner join {{ ref('int_open_period') }} as open_period on submission.period_key = open_period.period_key
    where submission.known_to_at is null and open_period.known_to_at is null

),

registered as (

    select
        submission_id,
        source_row
    from {{ ref('int_line_registration') }}
    where known_to_at is null and not is_moved

),

filed as (

    select
        in_force.submission_key,
        sum(line.baseline_gbp) as baseline_gbp,
        sum(line.baseline_gbp) filter (where registered.source_row is null) as not_allocated_gbp
    from in_force
    inner join {{ ref('stg_raw__savings_line') }} as line on in_force.submission_id = line.submission_id
    left join registered
        on line.submission_id = registered.submission_id
        and line.source_row = registered.source_row
    group by in_force.submission_key

),

allocated as (

    select
        submission_key,
        sum(amount_gbp) as amount_gbp
    from {{ ref('fct_savings_allocation') }}
    where is_current and not is_carried_forward
    group by submission_key

)

select filed.submission_key
from filed
left join allocated on filed.submission_key = allocated.submission_key
where filed.baseline_gbp <> coalesce(allocated.amount_gbp, 0) + coalesce(filed.not_allocated_gbp, 0)
