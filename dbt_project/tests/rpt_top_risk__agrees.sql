-- P10: a period ranks its risks 1, 2 and so on to as many as are reported, none with more pounds than the one before.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_top_risk'}}}) }}

with

reported as (

    select
        period_key,
        impact_gbp,
        row_number() over (partition by period_key order by impact_gbp desc) as rank_no
    from {{ ref('fct_risk') }}
    where is_current

)

select {{ breaks(
    'rpt_top_risk__ranks_every_risk_of_its_period_by_pounds',
    ['coalesce(reported.period_key, shown.period_key)', 'coalesce(reported.rank_no, shown.rank_no)'],
    ['reported.impact_gbp', 'shown.impact_gbp'],
) }}
from reported
full outer join {{ ref('rpt_top_risk') }} as shown
    on reported.period_key = shown.period_key
    and reported.rank_no = shown.rank_no
where reported.impact_gbp is distinct from shown.impact_gbp
