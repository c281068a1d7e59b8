-- The themes that a project is shared over, with weights that sum to 1 for each of its rows (R27).
select
    project_key,
    {{ dimension_key('theme', ['code']) }} as theme_key,
    weight
from {{ ref('int_project_share') }}
where classification = 'theme'
