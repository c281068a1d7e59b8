-- R05: over all delivery years a directorate's deferred pounds are those of Table 1, once and no more.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_deferral_matrix'}}}) }}

with

matrix as (

    select
        plan_year,
        period_key,
        directorate_code,
        sum(amount_gbp) as deferred_gbp
    from {{ ref('rpt_deferral_matrix') }}
    group by plan_year, period_key, directorate_code

),

table_1 as (

    select
        plan_year,
        {{ period_key('reporting_year', 'reporting_period') }} as period_key,
        directorate_code,
        deferred_gbp
    from {{ ref('rpt_cabinet_table_1') }}
    where not is_total

)

select {{ breaks(
    'rpt_deferral_matrix__sums_to_table_1',
    ['coalesce(matrix.plan_year, table_1.plan_year)', 'coalesce(matrix.period_key, table_1.period_key)', 'coalesce(matrix.directorate_code, table_1.directorate_code)'],
    ['matrix.deferred_gbp', 'table_1.deferred_gbp'],
) }}
from matrix
full outer join table_1
    on matrix.plan_year = table_1.plan_year
    and matrix.period_key = table_1.period_key
    and matrix.directorate_code = table_1.directorate_code
where coalesce(matrix.deferred_gbp, 0) <> coalesce(table_1.deferred_gbp, 0)
