-- Where the pounds of each workstream stand: every row of the allocation is shared over the workstreams of its
-- project (R27), to the penny, so that the workstreams add up to the council (R41).
{{ savings_shared_over('workstream', ref('dim_workstream'), ref('bridge_project_workstream')) }}
