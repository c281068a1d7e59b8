-- Projects by phase of the programme (P9), as at the latest open period. A project stands in every phase in
-- which it runs or its pounds are delivered; a year of two phases (X16) puts it, and its pounds, in both.
with

latest_open as (

    select *
    from {{ ref('int_latest_period') }}

),

-- Without an open period nothing is reported, and there are no rows.
as_at as (

    select
        period.period_key,
        period.reporting_year,
        period.reporting_period,
        period.as_at_date
    from {{ ref('dim_reporting_period') }} as period
    inner join latest_open on period.period_key = latest_open.period_key

),

project as (

    select *
    from {{ ref('dim_project') }}
    where is_current

),

year_phase as (

    select
        bridge.financial_year_key,
        phase.code as phase_code
    from {{ ref('bridge_year_phase') }} as bridge
    inner join {{ ref('dim_programme_phase') }} as phase on bridge.programme_phase_key = phase.programme_phase_key

),

-- From a project's first day to its last, of which either may stand for both.
runs_in as (

    select distinct
        project.project_ref,
        year_phase.phase_code
    from project
    inner join {{ ref('dim_financial_year') }} as financial_year
        on financial_year.end_date
        >= coalesce(project.start_date, project.actual_end_date, project.planned_end_date)
        and financial_year.start_date
        <= coalesce(project.actual_end_date, project.planned_end_date, project.start_date)
    inner join year_phase on financial_year.financial_year_key = year_phase.financial_year_key

),

-- What has a year in which it is delivered; the rest of a baseline has none (R01).
delivered as (

    select
        project.project_ref,
        coalesce(year_phase.phase_code, 'None') as phase_code,
        count(distinct allocation.saving_line_key) as line_count,
        sum(allocation.amount_gbp) as amount_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join {{ ref('dim_project') }} as project on allocation.project_key = project.project_key
    left join year_phase on allocation.delivery_year_key = year_phase.financial_year_key
    where
        allocation.is_latest_period
        and allocation.is_cashable
        and allocation.bucket in ('PROJECTED', 'DEFERRED')
    group by project.project_ref, coalesce(year_phase.phase_code, 'None')

),

in_phase as (

    select
        project_ref,
        phase_code
    from runs_in
    union
    select
        project_ref,
        phase_code
    from delivered

),

project_phase as (

    select
        project.*,
        coalesce(in_phase.phase_code, 'None') as phase_code
    from project
    left join in_phase on project.project_ref = in_phase.project_ref

),

phase as (

    select
        code,
        name,
        sort_order
    from {{ ref('dim_programme_phase') }}
    union all
    select
        'None' as code,
        'None' as name,
        999 as sort_order

),

{% for name in ('theme', 'workstream') -%}
{{ name }}_list as (

    select
        bridge.project_key,
        {{ in_a_row(name ~ '.name', '; ', name ~ '.sort_order, ' ~ name ~ '.code') }} as names
    from {{ ref('bridge_project_' ~ name) }} as bridge
    inner join {{ ref('dim_' ~ name) }} as {{ name }} on bridge.{{ name }}_key = {{ name }}.{{ name }}_key
    group by bridge.project_key

){{ ',' if not loop.last }}

{% endfor -%}

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('roadmap', ['project_phase.project_ref', 'project_phase.phase_code']) }} as roadmap_key,
    as_at.reporting_year,
    as_at.reporting_period,
    as_at.period_key,
    as_at.as_at_date,
    project_phase.project_ref,
    project_phase.project_name,
    project_phase.programme,
    project_phase.phase_no,
    project_phase.directorate_code,
    project_phase.phase_code,
    phase.name as phase_name,
    phase.sort_order as phase_sort_order,
    project_phase.stage,
    project_phase.milestone_rag,
    project_phase.start_date,
    project_phase.planned_end_date,
    project_phase.actual_end_date,
    coalesce(
        project_phase.planned_end_date < as_at.as_at_date
        and project_phase.actual_end_date is null
        and project_phase.stage not in ('Closed', 'Stopped'),
        false
    ) as is_overdue,
    theme_list.names as themes,
    workstream_list.names as workstreams,
    cast(coalesce(delivered.line_count, 0) as integer) as line_count,
    {{ money('coalesce(delivered.amount_gbp, 0)') }} as amount_gbp
from project_phase
cross join as_at
inner join phase on project_phase.phase_code = phase.code
left join delivered
    on project_phase.project_ref = delivered.project_ref
    and project_phase.phase_code = delivered.phase_code
inner join theme_list on project_phase.project_key = theme_list.project_key
inner join workstream_list on project_phase.project_key = workstream_list.project_key
