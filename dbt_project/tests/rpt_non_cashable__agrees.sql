-- R45: lines and pounds are those of the current positions that are not cashable, and none else.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_non_cashable'}}}) }}

with

shown as (

    select
        period_key,
        sum(line_count) as line_count,
        sum(baseline_gbp) as baseline_gbp
    from {{ ref('rpt_non_cashable') }}
    group by period_key

),

positions as (

    select
        period_key,
        count(*) as line_count,
        sum(baseline_gbp) as baseline_gbp
    from {{ ref('fct_savings_position') }}
    where is_current and not is_cashable
    group by period_key

)

select {{ breaks(
    'rpt_non_cashable__holds_every_line_that_is_not_cashable',
    ['coalesce(shown.period_key, positions.period_key)'],
    ['shown.line_count', 'positions.line_count'],
) }}
from shown
full outer join positions on shown.period_key = positions.period_key
where
    shown.line_count is distinct from positions.line_count
    or shown.baseline_gbp is distinct from positions.baseline_gbp
