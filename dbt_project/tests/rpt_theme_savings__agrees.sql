-- R27, R41: over its themes no penny of the allocation is lost or made, so that their totals are the council's.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_theme_savings'}}}) }}

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
    from {{ ref('rpt_theme_savings') }}
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
    'rpt_theme_savings__themes_add_up_to_the_allocation',
    ['plan_year', 'period_key', 'directorate_code', 'bucket'],
    ['sum(share_gbp)'],
) }}
from both_sides
group by plan_year, period_key, directorate_code, bucket
having sum(share_gbp) <> 0
