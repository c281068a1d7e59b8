-- How good a directorate's returns for a period are (P11): what the checks found, what is quarantined (R33),
-- how often it was sent again, how much stands on projects that the report prints (D56), and how far the
-- baseline as accepted lies from the plan in force now (R34).
with

directorates as (

    select
        directorate_key,
        directorate_code
    from {{ ref('dim_directorate') }}

),

returns as (

    select
        directorates.directorate_code,
        submission.period_key,
        count(*) as return_count,
        count(*) filter (where dim_submission.return_type = 'Resubmission') as resubmission_count,
        count(*) filter (where dim_submission.return_type = 'Restatement') as restatement_count
    from {{ ref('fct_submission') }} as submission
    inner join {{ ref('dim_submission') }} as dim_submission
        on submission.submission_key = dim_submission.submission_key
    inner join directorates on submission.directorate_key = directorates.directorate_key
    where submission.period_key is not null and submission.state <> 'duplicate'
    group by directorates.directorate_code, submission.period_key

),

findings as (

    select
        directorates.directorate_code,
        finding.period_key,
        count(*) filter (where finding.severity = 'B') as block_count,
        count(*) filter (where finding.severity = 'H') as hold_count,
        count(*) filter (where finding.severity = 'W') as warn_count,
        count(*) filter (where finding.severity = 'C') as certify_count,
        count(*) filter (where not finding.is_resolved) as unresolved_count
    from {{ ref('fct_finding') }} as finding
    inner join directorates on finding.directorate_key = directorates.directorate_key
    group by directorates.directorate_code, finding.period_key

),

registered as (

    select
        submission_id,
        source_row
    from {{ ref('int_line_registration') }}
    where known_to_at is null

),

quarantined as (

    select
        in_force.directorate_code,
        in_force.period_key,
        count(*) as quarantined_line_count,
        sum(line.baseline_gbp) as quarantined_gbp
    from {{ ref('int_submission_in_force') }} as in_force
    inner join {{ ref('stg_raw__savings_line') }} as line on in_force.submission_id = line.submission_id
    left join registered
        on line.submission_id = registered.submission_id
        and line.source_row = registered.source_row
    where in_force.known_to_at is null and registered.submission_id is null
    group by in_force.directorate_code, in_force.period_key

),

printed_names as (

    select distinct project_name_key
    from {{ ref('stg_reference__printed_project') }}
    where known_to_at is null

),

-- Lines of later plan years may be left out of a return, so they are left out of the comparison with the plan.
accepted as (

    select
        directorates.directorate_code,
        position.period_key,
        sum(position.baseline_gbp) as baseline_gbp,
        sum(case when printed_names.project_name_key is not null then position.baseline_gbp else 0 end)
            as printed_project_gbp
    from {{ ref('fct_savings_position') }} as position
    inner join directorates on position.directorate_key = directorates.directorate_key
    inner join {{ ref('int_project_version') }} as project on position.project_key = project.project_key
    left join printed_names on project.project_name_key = printed_names.project_name_key
    where position.is_current and position.is_cashable and position.plan_year_key <= position.reporting_year_key
    group by directorates.directorate_code, position.period_key

),

planned as (

    select
        directorates.directorate_code,
        coverage.period_key,
        sum(coverage.plan_baseline_gbp) as plan_baseline_gbp
    from {{ ref('fct_return_coverage') }} as coverage
    inner join directorates on coverage.directorate_key = directorates.directorate_key
    where
        coverage.is_current
        and coverage.coverage <> 'MISSING'
        and coverage.plan_year_key <= coverage.reporting_year_key
    group by directorates.directorate_code, coverage.period_key

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
    from planned

),

scores as (

    select
        places.directorate_code,
        places.period_key,
        coalesce(returns.return_count, 0) as return_count,
        coalesce(returns.resubmission_count, 0) as resubmission_count,
        coalesce(returns.restatement_count, 0) as restatement_count,
        coalesce(findings.block_count, 0) as block_count,
        coalesce(findings.hold_count, 0) as hold_count,
        coalesce(findings.warn_count, 0) as warn_count,
        coalesce(findings.certify_count, 0) as certify_count,
        coalesce(findings.unresolved_count, 0) as unresolved_count,
        coalesce(quarantined.quarantined_line_count, 0) as quarantined_line_count,
        coalesce(quarantined.quarantined_gbp, 0) as quarantined_gbp,
        coalesce(accepted.baseline_gbp, 0) as baseline_gbp,
        coalesce(accepted.printed_project_gbp, 0) as printed_project_gbp,
        coalesce(planned.plan_baseline_gbp, 0) as plan_baseline_gbp
    from places
    left join returns
        on places.directorate_code = returns.directorate_code
        and places.period_key = returns.period_key
    left join findings
        on places.directorate_code = findings.directorate_code
        and places.period_key = findings.period_key
    left join quarantined
        on places.directorate_code = quarantined.directorate_code
        and places.period_key = quarantined.period_key
    left join accepted
        on places.directorate_code = accepted.directorate_code
        and places.period_key = accepted.period_key
    left join planned
        on places.directorate_code = planned.directorate_code
        and places.period_key = planned.period_key

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
    case
        when exists (select 1 from printed_names)
            then {{ ratio('scores.printed_project_gbp', 'scores.baseline_gbp') }}
    end as printed_project_share,
    {{ money('scores.plan_baseline_gbp') }} as plan_baseline_gbp,
    {{ money('scores.plan_baseline_gbp - scores.baseline_gbp') }} as plan_difference_gbp,
    period.is_latest_period,
    period.is_latest_complete_period
from scores
inner join {{ ref('dim_reporting_period') }} as period on scores.period_key = period.period_key
inner join {{ ref('int_directorate_version') }} as directorate
    on scores.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
