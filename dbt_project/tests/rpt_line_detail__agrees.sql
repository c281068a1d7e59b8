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

select {{ breaks(
    'rpt_line_detail__holds_every_line_of_the_latest_period',
    ["'all lines'"],
    ['detail.lines', 'latest.lines', 'detail.pence', 'latest.pence'],
) }}
from detail
cross join latest
where detail.lines <> latest.lines or detail.pence <> latest.pence
