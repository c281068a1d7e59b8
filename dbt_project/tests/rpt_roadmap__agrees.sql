-- What rpt_roadmap has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_roadmap'}}}) }}

-- P9: over all projects a phase has the pounds that the allocation delivers in its years, a year of two phases in both.
select
    rule,
    key,
    value
from (
    with

    both_sides as (

        select
            phase_code,
            amount_gbp
        from {{ ref('rpt_roadmap') }}
        union all
        select
            coalesce(phase.code, 'None') as phase_code,
            -allocation.amount_gbp as amount_gbp
        from {{ ref('fct_savings_allocation') }} as allocation
        left join {{ ref('bridge_year_phase') }} as bridge on allocation.delivery_year_key = bridge.financial_year_key
        left join {{ ref('dim_programme_phase') }} as phase on bridge.programme_phase_key = phase.programme_phase_key
        where
            allocation.is_latest_period
            and allocation.is_cashable
            and allocation.bucket in ('PROJECTED', 'DEFERRED')

    )

    select {{ breaks('rpt_roadmap__every_phase_has_the_pounds_of_its_years', ['phase_code'], ['sum(amount_gbp)']) }}
    from both_sides
    group by phase_code
    having sum(amount_gbp) <> 0
) as every_phase_has_the

union all

-- P9: no project is missing, whatever it lacks: dates, pounds, themes.
select
    rule,
    key,
    value
from (
    with

    open_period as (

        select count(*) as period_count
        from {{ ref('int_open_period') }}
        where known_to_at is null

    )

    select {{ breaks(
        'rpt_roadmap__holds_every_project_once_a_period_is_open',
        ['project.project_ref'],
        ["'is missing'"],
    ) }}
    from {{ ref('dim_project') }} as project
    cross join open_period
    left join {{ ref('rpt_roadmap') }} as roadmap on project.project_ref = roadmap.project_ref
    where open_period.period_count > 0 and roadmap.project_ref is null
) as holds_every_project_once
