-- Where the pounds of each theme stand: every row of the allocation is shared over the themes of its project
-- (R27), to the penny, so that the themes add up to the council (R41).
{{ savings_shared_over('theme', ref('dim_theme'), ref('bridge_project_theme')) }}
