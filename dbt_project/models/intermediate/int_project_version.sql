-- A project as its own directorate's returns in force describe it (R57), by effective date: a change
-- holds from the first day of the period that reported it. A project of which there is no such return
-- is as the last return described it that was ever accepted, so that every one has a member.
{%- set attributes = [
    'project_name', 'project_name_key', 'programme', 'phase_no', 'directorate_code', 'stage', 'milestone_rag',
    'start_date', 'planned_end_date', 'actual_end_date', 'owner_post', 'theme_code', 'workstream_code',
] %}
with

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}
    where known_to_at is null

),

described as (

    select
        project.*,
        submission.receipt_seq,
        period.period_key,
        period.start_date as effective_date,
        case
            when in_force.submission_id is null then 3
            when project.directorate_code <> submission.directorate_code then 2
            else 1
        end as authority
    from {{ ref('stg_raw__project') }} as project
    inner join {{ ref('stg_raw__submission') }} as submission on project.submission_id = submission.submission_id
    inner join {{ ref('int_reporting_period') }} as period on submission.period_key = period.period_key
    left join in_force on project.submission_id = in_force.submission_id

),

best as (

    select *
    from described
    qualify authority = min(authority) over (partition by project_ref)

),

states as (

    select *
    from best
    qualify row_number() over (
        partition by project_ref, effective_date
        order by period_key desc, receipt_seq desc
    ) = 1

),

version as (

    {{ versions('states', key=['project_ref'], attributes=attributes) }}

)

select
    {{ dimension_key('project', ['project_ref', 'valid_from']) }} as project_key,
    project_ref,
    {% for attribute in attributes -%}
    {{ attribute }},
    {% endfor -%}
    valid_from,
    valid_to,
    applies_from,
    applies_before
from version
