-- P8: the least of every component and the most of what is unidentified come to the gap, and the other way round.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_budget_gap_bridge'}}}) }}

with

sums as (

    select
        plan_version,
        budget_year,
        sum(low_gbp) filter (where is_total) as gap_low_gbp,
        sum(high_gbp) filter (where is_total) as gap_high_gbp,
        coalesce(sum(low_gbp) filter (where not is_total and not is_unidentified), 0) as stated_low_gbp,
        coalesce(sum(high_gbp) filter (where not is_total and not is_unidentified), 0) as stated_high_gbp,
        sum(low_gbp) filter (where is_unidentified) as remainder_low_gbp,
        sum(high_gbp) filter (where is_unidentified) as remainder_high_gbp
    from {{ ref('rpt_budget_gap_bridge') }}
    group by plan_version, budget_year

)

select {{ breaks(
    'rpt_budget_gap_bridge__components_and_the_remainder_come_to_the_gap',
    ['plan_version', 'budget_year'],
    ['gap_low_gbp', 'gap_high_gbp'],
) }}
from sums
where
    gap_low_gbp is distinct from stated_high_gbp + remainder_low_gbp
    or gap_high_gbp is distinct from stated_low_gbp + remainder_high_gbp
