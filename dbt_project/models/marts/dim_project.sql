-- Projects by effective date, as their own directorate's returns describe them (R57).
select
    project_key,
    project_ref,
    project_name,
    programme,
    phase_no,
    directorate_code,
    stage,
    milestone_rag,
    start_date,
    planned_end_date,
    actual_end_date,
    owner_post,
    valid_from,
    valid_to,
    is_current
from {{ ref('int_project_version') }}
