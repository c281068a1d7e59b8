-- P9: over all projects a phase has the pounds that the allocation delivers in its years, a year of two phases in both.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_roadmap'}}}) }}

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

select
    phase_code,
    sum(amount_gbp) as difference_gbp
from both_sides
group by phase_code
having sum(amount_gbp) <> 0
