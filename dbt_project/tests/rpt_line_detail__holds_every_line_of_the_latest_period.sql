-- No join loses a line or doubles one: lines and pounds are those of the positions of the latest open period.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_line_detail'}}}) }}

with

detail as (

    select
        cast(coalesce(sum(baseline_gbp), 0) * 100 as bigint) as pence,
        count(*) as lines
    from {{ ref('rpt_line_detail') }}

),

latest as (

    select
        cast(coalesce(sum(baseline_gbp), 0) * 100 as bigint) as pence,
        count(*) as lines
    from {{ ref('fct_savings_position') }}
    where is_latest_period

)

select
    detail.lines as lines_shown,
    latest.lines as lines_in_force,
    detail.pence as pence_shown,
    latest.pence as pence_in_force
from detail
cross join latest
where detail.lines <> latest.lines or detail.pence <> latest.pence
