-- The Projects sheet, one row a project.
select
    submission_id,
    source_sheet,
    source_row,
    project_ref,
    project_name,
    project_name_key,
    programme,
    phase_no,
    directorate_code,
    theme_code,
    workstream_code,
    owner_post,
    start_date,
    planned_end as planned_end_date,
    actual_end as actual_end_date,
    stage,
    milestone_rag,
    next_milestone_date,
    eqia_status,
    climate_flag as is_climate,
    row_hash
from {{ source('raw', 'project') }}
