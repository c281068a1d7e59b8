-- Every period of the trajectory is a row of Table 1 to the penny, and no row of Table 1 is left out.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_forecast_trajectory'}}}) }}

with

table_1 as (

    select *
    from {{ ref('rpt_cabinet_table_1') }}
    where not is_total

),

trajectory as (

    select *
    from {{ ref('rpt_forecast_trajectory') }}
    where reporting_period <> 'P00'

)

select {{ breaks(
    'rpt_forecast_trajectory__is_table_1_period_by_period',
    ['table_1.table_1_key', 'trajectory.forecast_trajectory_key'],
    ['table_1.projected_gbp', 'trajectory.counted_projected_gbp'],
) }}
from table_1
full outer join trajectory
    on table_1.plan_year = trajectory.plan_year
    and table_1.reporting_year = trajectory.reporting_year
    and table_1.reporting_period = trajectory.reporting_period
    and table_1.directorate_code = trajectory.directorate_code
where
    table_1.table_1_key is null
    or trajectory.forecast_trajectory_key is null
    or table_1.projected_gbp is distinct from trajectory.counted_projected_gbp
    or table_1.original_baseline_gbp is distinct from trajectory.original_baseline_gbp
    or table_1.baseline_gbp is distinct from trajectory.baseline_gbp
