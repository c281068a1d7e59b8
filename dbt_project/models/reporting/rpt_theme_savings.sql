-- Where the pounds of each theme, and of each workstream, stand: every row of the allocation is shared over
-- the themes of its project (R27), to the penny, so that the themes add up to the council (R41).
with

classification as (

    select
        bridge.project_key,
        'theme' as classification,
        theme.code,
        theme.name,
        theme.sort_order,
        bridge.weight
    from {{ ref('bridge_project_theme') }} as bridge
    inner join {{ ref('dim_theme') }} as theme on bridge.theme_key = theme.theme_key
    union all
    select
        bridge.project_key,
        'workstream' as classification,
        workstream.code,
        workstream.name,
        workstream.sort_order,
        bridge.weight
    from {{ ref('bridge_project_workstream') }} as bridge
    inner join {{ ref('dim_workstream') }} as workstream on bridge.workstream_key = workstream.workstream_key

),

parts as (

    select
        allocation.allocation_key,
        allocation.plan_year_key,
        allocation.period_key,
        allocation.directorate_key,
        allocation.bucket,
        allocation.amount_gbp,
        classification.classification,
        classification.code,
        classification.name,
        classification.sort_order,
        classification.weight
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join classification on allocation.project_key = classification.project_key
    where allocation.is_current and allocation.is_cashable

),

shared as (

    {{ shared_to_the_penny('parts', row=['allocation_key', 'classification'], code='code') }}

),

savings as (

    select
        shared.plan_year_key,
        shared.period_key,
        directorate.directorate_code,
        directorate.directorate_name,
        shared.classification,
        shared.code,
        shared.name,
        shared.sort_order,
        shared.bucket,
        sum(shared.share_gbp) as share_gbp
    from shared
    inner join {{ ref('dim_directorate') }} as directorate on shared.directorate_key = directorate.directorate_key
    group by
        shared.plan_year_key, shared.period_key, directorate.directorate_code, directorate.directorate_name,
        shared.classification, shared.code, shared.name, shared.sort_order, shared.bucket

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('theme_savings', [
        'savings.plan_year_key', 'savings.period_key', 'savings.directorate_code', 'savings.classification',
        'savings.code', 'savings.bucket',
    ]) }} as theme_savings_key,
    plan_year.financial_year as plan_year,
    period.reporting_year,
    period.reporting_period,
    savings.period_key,
    savings.directorate_code,
    savings.directorate_name,
    savings.classification,
    savings.code,
    savings.name,
    savings.sort_order,
    savings.bucket,
    {{ money('savings.share_gbp') }} as share_gbp
from savings
inner join {{ ref('dim_financial_year') }} as plan_year on savings.plan_year_key = plan_year.financial_year_key
inner join {{ ref('dim_reporting_period') }} as period on savings.period_key = period.period_key
