-- Projects by effective date, as their own directorate's returns describe them (R57).
select
    project.project_key,
    project.project_ref,
    project.project_name,
    project.programme,
    project.phase_no,
    project.directorate_code,
    project.stage,
    project.milestone_rag,
    project.start_date,
    project.planned_end_date,
    project.actual_end_date,
    project.owner_post,
    project.valid_from,
    project.valid_to,
    {{ applies_on('project', 'today.today') }} as is_current
from {{ ref('int_project_version') }} as project
cross join {{ ref('int_today') }} as today
