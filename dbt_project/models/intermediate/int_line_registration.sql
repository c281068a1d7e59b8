-- When a row of a return counts (R33): while the plan in force for the period that it reports lists
-- its line, from the moment on at which directorate, baseline and cashable were first equal too. A row
-- outside its spans is quarantined. A later change of the plan does not un-accept a row (R34, R53): it
-- keeps the baseline with which it came in, and where the line has moved since, its figures (F6).
with

reported as (

    select
        line.submission_id,
        line.source_row,
        line.saving_ref,
        line.plan_year,
        line.baseline_gbp,
        line.is_cashable,
        line.replaces_ref,
        submission.directorate_code,
        submission.period_key,
        submission.accepted_at
    from {{ ref('stg_raw__savings_line') }} as line
    inner join {{ ref('stg_raw__submission') }} as submission on line.submission_id = submission.submission_id
    where submission.accepted_at is not null

),

plan as (

    select *
    from {{ ref('int_plan_in_force') }}

),

listed as (

    select
        reported.submission_id,
        reported.source_row,
        plan.known_to_at,
        greatest(plan.known_from_at, reported.accepted_at) as known_from_at,
        reported.directorate_code <> plan.directorate_code as is_moved,
        reported.directorate_code = plan.directorate_code
        and reported.baseline_gbp = plan.baseline_gbp
        and reported.is_cashable = plan.is_cashable as is_equal
    from reported
    inner join plan
        on reported.saving_ref = plan.saving_ref
        and reported.plan_year = plan.plan_year
        and {{ in_effect('plan', 'reported.period_key') }}
        and reported.accepted_at < coalesce(plan.known_to_at, {{ end_of_time() }})

),

came_in as (

    select
        submission_id,
        source_row,
        cast(null as timestamp) as known_to_at,
        min(known_from_at) as known_from_at
    from listed
    where is_equal
    group by submission_id, source_row

),

-- A replacement stands on the line that it replaces.
replaced as (

    {{ all_replaced('reported') }}

),

registrations as (

    select
        listed.submission_id,
        listed.source_row,
        listed.is_moved,
        {{ common_span(['listed', 'came_in']) }}
    from listed
    inner join came_in
        on listed.submission_id = came_in.submission_id
        and listed.source_row = came_in.source_row
        and {{ overlap(['listed', 'came_in']) }}
    union all
    select
        replaced.submission_id,
        replaced.source_row,
        false as is_moved,
        greatest(plan.known_from_at, replaced.accepted_at) as known_from_at,
        plan.known_to_at
    from replaced
    inner join plan
        on replaced.replaces_ref = plan.saving_ref
        and {{ in_effect('plan', 'replaced.period_key') }}
        and replaced.accepted_at < coalesce(plan.known_to_at, {{ end_of_time() }})

),

registered as (

    {{ first_standing(
        'registrations',
        key=['submission_id', 'source_row'],
        identity=['is_moved'],
        first_by='candidate.is_moved desc, candidate.known_from_at',
    ) }}

)

select
    submission_id,
    source_row,
    is_moved,
    known_from_at,
    known_to_at
from registered
