-- P9: no project is missing, whatever it lacks: dates, pounds, themes.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_roadmap'}}}) }}

with

open_period as (

    select count(*) as period_count
    from {{ ref('int_open_period') }}
    where known_to_at is null

)

select project.project_ref
from {{ ref('dim_project') }} as project
cross join open_period
left join {{ ref('rpt_roadmap') }} as roadmap on project.project_ref = roadmap.project_ref
where open_period.period_count > 0 and roadmap.project_ref is null
