{#
    The current cashable allocation shared over what its projects belong to (R27, R41): themes or workstreams, each
    with its dimension and the bridge that holds the weights.
#}
{% macro savings_shared_over(classification, dimension, bridge) -%}
with

parts as (

    select
        allocation.allocation_key,
        allocation.plan_year_key,
        allocation.period_key,
        allocation.directorate_key,
        allocation.bucket,
        allocation.amount_gbp,
        classification.code,
        classification.name,
        classification.sort_order,
        bridge.weight
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join {{ bridge }} as bridge on allocation.project_key = bridge.project_key
    inner join {{ dimension }} as classification
        on bridge.{{ classification }}_key = classification.{{ classification }}_key
    where allocation.is_current and allocation.is_cashable

),

shared as (

    {{ shared_to_the_penny('parts', row=['allocation_key'], code='code') }}

),

savings as (

    select
        shared.plan_year_key,
        shared.period_key,
        directorate.directorate_code,
        directorate.directorate_name,
        shared.code,
        shared.name,
        shared.sort_order,
        shared.bucket,
        sum(shared.share_gbp) as share_gbp
    from shared
    inner join {{ ref('dim_directorate') }} as directorate on shared.directorate_key = directorate.directorate_key
    group by
        shared.plan_year_key, shared.period_key, directorate.directorate_code, directorate.directorate_name,
        shared.code, shared.name, shared.sort_order, shared.bucket

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key(classification ~ '_savings', [
        'savings.plan_year_key', 'savings.period_key', 'savings.directorate_code', 'savings.code', 'savings.bucket',
    ]) }} as {{ classification }}_savings_key,
    plan_year.financial_year as plan_year,
    period.reporting_year,
    period.reporting_period,
    savings.period_key,
    savings.directorate_code,
    savings.directorate_name,
    savings.code as {{ classification }}_code,
    savings.name as {{ classification }}_name,
    savings.sort_order,
    savings.bucket,
    {{ money('savings.share_gbp') }} as share_gbp,
    period.is_latest_period,
    period.is_latest_complete_period
from savings
inner join {{ ref('dim_financial_year') }} as plan_year on savings.plan_year_key = plan_year.financial_year_key
inner join {{ ref('dim_reporting_period') }} as period on savings.period_key = period.period_key
{%- endmacro %}

{# Where the shares of a report that is made so do not add up to the allocation. #}
{% macro shares_off(classification, report) -%}
with

allocated as (

    select
        plan_year.financial_year as plan_year,
        allocation.period_key,
        directorate.directorate_code,
        allocation.bucket,
        allocation.amount_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join {{ ref('dim_directorate') }} as directorate on allocation.directorate_key = directorate.directorate_key
    inner join {{ ref('dim_financial_year') }} as plan_year
        on allocation.plan_year_key = plan_year.financial_year_key
    where allocation.is_current and allocation.is_cashable

),

both_sides as (

    select
        plan_year,
        period_key,
        directorate_code,
        bucket,
        share_gbp
    from {{ report }}
    union all
    select
        plan_year,
        period_key,
        directorate_code,
        bucket,
        -amount_gbp as share_gbp
    from allocated

)

select {{ breaks(
    rule_named(report, classification ~ 's_add_up_to_the_allocation'),
    ['plan_year', 'period_key', 'directorate_code', 'bucket'],
    ['sum(share_gbp)'],
) }}
from both_sides
group by plan_year, period_key, directorate_code, bucket
having sum(share_gbp) <> 0
{%- endmacro %}
