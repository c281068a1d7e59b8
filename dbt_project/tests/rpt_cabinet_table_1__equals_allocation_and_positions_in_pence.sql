-- K4: over current cashable rows each bucket of the allocation equals that of the positions and that of Table 1.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_cabinet_table_1'}}}) }}
{%- set columns_of_buckets = {
    'PROJECTED': ('counted_projected_gbp', 'projected_gbp'),
    'DEFERRED': ('deferred_gbp', 'deferred_gbp'),
    'UNDELIVERABLE': ('decided_undeliverable_gbp', 'undeliverable_gbp'),
    'UNEXPLAINED': ('unexplained_gbp', 'unexplained_gbp'),
} %}

with

directorates as (

    select
        directorate_key,
        directorate_code
    from {{ ref('dim_directorate') }}

),

amounts as (

    select
        directorates.directorate_code,
        allocation.plan_year_key,
        allocation.period_key,
        allocation.bucket,
        allocation.amount_gbp as allocated_gbp,
        0 as positioned_gbp,
        0 as shown_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join directorates on allocation.directorate_key = directorates.directorate_key
    where allocation.is_current and allocation.is_cashable
    {%- for bucket, (position_column, table_1_column) in columns_of_buckets.items() %}
    union all
    select
        directorates.directorate_code,
        line.plan_year_key,
        line.period_key,
        '{{ bucket }}' as bucket,
        0 as allocated_gbp,
        line.{{ position_column }} as positioned_gbp,
        0 as shown_gbp
    from {{ ref('fct_savings_position') }} as line
    inner join directorates on line.directorate_key = directorates.directorate_key
    where line.is_current and line.is_cashable
    union all
    select
        directorate_code,
        {{ financial_year_key('plan_year') }} as plan_year_key,
        {{ period_key('reporting_year', 'reporting_period') }} as period_key,
        '{{ bucket }}' as bucket,
        0 as allocated_gbp,
        0 as positioned_gbp,
        coalesce({{ table_1_column }}, 0) as shown_gbp
    from {{ ref('rpt_cabinet_table_1') }}
    where not is_total
    {%- endfor %}

),

pence as (

    select
        directorate_code,
        plan_year_key,
        period_key,
        bucket,
        cast(sum(allocated_gbp) * 100 as bigint) as allocated_pence,
        cast(sum(positioned_gbp) * 100 as bigint) as positioned_pence,
        cast(sum(shown_gbp) * 100 as bigint) as shown_pence
    from amounts
    group by directorate_code, plan_year_key, period_key, bucket

)

select *
from pence
where allocated_pence <> positioned_pence or allocated_pence <> shown_pence
