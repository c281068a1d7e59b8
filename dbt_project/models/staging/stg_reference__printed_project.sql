-- The projects that the report prints, as in its lists 10.5 and 10.6.
select
    project_name,
    project_name_key,
    list,
    owner,
    known_from_at,
    known_to_at
from {{ source('reference', 'printed_project') }}
