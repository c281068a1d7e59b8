-- Every finding of a return for a period is counted once, under one severity.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_quality_scorecard'}}}) }}

with

counted as (

    select
        period_key,
        sum(block_count + hold_count + warn_count + certify_count) as finding_count
    from {{ ref('rpt_quality_scorecard') }}
    group by period_key

),

findings as (

    select
        finding.period_key,
        count(*) as finding_count
    from {{ ref('fct_finding') }} as finding
    inner join {{ ref('fct_submission') }} as submission on finding.submission_key = submission.submission_key
    where finding.period_key is not null and submission.state <> 'duplicate'
    group by finding.period_key

)

select {{ breaks(
    'rpt_quality_scorecard__counts_every_finding_of_a_period',
    ['findings.period_key'],
    ['findings.finding_count', 'counted.finding_count'],
) }}
from findings
left join counted on findings.period_key = counted.period_key
where findings.finding_count <> coalesce(counted.finding_count, 0)
