-- How good a directorate's returns for a period are (P11): how often they were sent again, what the checks found,
-- what is quarantined (R33), how much stands on projects that the report prints (D56), and how far the baseline as
-- accepted lies from the plan in force now (R34).
with

returns as (

    select
        submission.directorate_code,
        submission.period_key,
        count(*) as return_count,
        count(*) filter (where submission.return_type = 'Resubmission') as resubmission_count,
        count(*) filter (where submission.return_type = 'Restatement') as restatement_count,
        sum(standing.rows_quarantined) filter (where standing.is_in_force) as quarantined_line_count,
        sum(standing.quarantined_gbp) filter (where standing.is_in_force) as quarantined_gbp
    from {{ ref('stg_raw__submission') }} as submission
    inner join {{ ref('int_submission_standing') }} as standing
        on submission.submission_id = standing.submission_id
    where submission.period_key is not null and standing.state <> 'duplicate'
    group by submission.directorate_code, submission.period_key

),

findings as (

    select
        directorate.directorate_code,
        finding.period_key,
        count(*) filter (where finding.severity = 'B') as block_count,
        count(*) filter (where finding.severity = 'H') as hold_count,
        count(*) filter (where finding.severity = 'W') as warn_count,
        count(*) filter (where finding.severity = 'C') as certify_count,
        count(*) filter (where not finding.is_resolved) as unresolved_count
    from {{ ref('fct_finding') }} as finding
    inner join {{ ref('dim_directorate') }} as directorate on finding.directorate_key = directorate.directorate_key
    group by directorate.directorate_code, finding.period_key

),

accepted as (

    select *
    from {{ ref('int_accepted_baseline') }}

),

places as (

    select
        directorate_code,
        period_key
    from returns
    union
    select
        directorate_code,
        period_key
    from accepted

),

scores as (

    select
        places.directorate_code,
        places.period_key,
        accepted.printed_project_share,
        coalesce(returns.return_count, 0) as return_count,
        coalesce(returns.resubmission_count, 0) as resubmission_count,
        coalesce(returns.restatement_count, 0) as restatement_count,
        coalesce(findings.block_count, 0) as block_count,
        coalesce(findings.hold_count, 0) as hold_count,
        coalesce(findings.warn_count, 0) as warn_count,
        coalesce(findings.certify_count, 0) as certify_count,
        coalesce(findings.unresolved_count, 0) as unresolved_count,
        coalesce(returns.quarantined_line_count, 0) as quarantined_line_count,
        coalesce(returns.quarantined_gbp, 0) as quarantined_gbp,
        coalesce(accepted.baseline_gbp, 0) as baseline_gbp,
        coalesce(accepted.printed_project_gbp, 0) as printed_project_gbp,
        coalesce(accepted.plan_baseline_gbp, 0) as plan_baseline_gbp
    from places
    left join returns
        on places.directorate_code = returns.directorate_code
        and places.period_key = returns.period_key
    left join findings
        on places.directorate_code = findings.directorate_code
        and places.period_key = findings.period_key
    left join accepted
        on places.directorate_code = accepted.directorate_code
        and places.period_key = accepted.period_key

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('quality_scorecard', ['scores.directorate_code', 'scores.period_key']) }}
        as quality_scorecard_key,
    period.reporting_year,
    period.reporting_period,
    scores.period_key,
    scores.directorate_code,
    directorate.directorate_name,
    cast(scores.return_count as integer) as return_count,
    cast(scores.resubmission_count as integer) as resubmission_count,
    cast(scores.restatement_count as integer) as restatement_count,
    cast(scores.block_count as integer) as block_count,
    cast(scores.hold_count as integer) as hold_count,
    cast(scores.warn_count as integer) as warn_count,
    cast(scores.certify_count as integer) as certify_count,
    cast(scores.unresolved_count as integer) as unresolved_count,
    cast(scores.quarantined_line_count as integer) as quarantined_line_count,
    {{ money('scores.quarantined_gbp') }} as quarantined_gbp,
    {{ money('scores.baseline_gbp') }} as baseline_gbp,
    {{ money('scores.printed_project_gbp') }} as printed_project_gbp,
    scores.printed_project_share,
    {{ money('scores.plan_baseline_gbp') }} as plan_baseline_gbp,
    {{ money('scores.plan_baseline_gbp - scores.baseline_gbp') }} as plan_difference_gbp,
    period.is_latest_period,
    period.is_latest_complete_period
from scores
inner join {{ ref('dim_reporting_period') }} as period on scores.period_key = period.period_key
inner join {{ ref('int_directorate_version') }} as directorate
    on scores.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
