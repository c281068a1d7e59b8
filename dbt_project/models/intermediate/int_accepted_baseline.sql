-- The cashable baseline of a directorate as accepted for a period: how much of it stands on projects that the
-- report prints (D56), and what the plan in force now gives instead (R34). Lines of later plan years may be left
-- out of a return, so they are left out here.
with

planned as (

    select
        directorate_code,
        period_key,
        sum(plan_baseline_gbp) as plan_baseline_gbp
    from {{ ref('int_return_coverage') }}
    where known_to_at is null and coverage <> 'MISSING' and plan_year_key <= reporting_year_key
    group by directorate_code, period_key

),

printed_name as (

    select distinct project_name_key
    from {{ ref('stg_reference__printed_project') }}
    where known_to_at is null

),

accepted as (

    select
        position.directorate_code,
        position.period_key,
        sum(position.baseline_gbp) as baseline_gbp,
        sum(case when printed_name.project_name_key is not null then position.baseline_gbp else 0 end)
            as printed_project_gbp
    from {{ ref('int_position') }} as position
    inner join {{ ref('stg_raw__savings_line') }} as line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row
    inner join {{ ref('int_reporting_period') }} as period on position.period_key = period.period_key
    inner join {{ ref('int_project_version') }} as project
        on line.project_ref = project.project_ref
        and {{ applies_on('project', 'period.as_at_date') }}
    left join printed_name on project.project_name_key = printed_name.project_name_key
    where position.is_current and position.is_cashable and position.plan_year_key <= position.reporting_year_key
    group by position.directorate_code, position.period_key

)

select
    planned.directorate_code,
    planned.period_key,
    {{ money('coalesce(accepted.baseline_gbp, 0)') }} as baseline_gbp,
    {{ money('coalesce(accepted.printed_project_gbp, 0)') }} as printed_project_gbp,
    case
        when exists (select 1 from printed_name)
            then {{ ratio('accepted.printed_project_gbp', 'accepted.baseline_gbp') }}
    end as printed_project_share,
    {{ money('planned.plan_baseline_gbp') }} as plan_baseline_gbp
from planned
left join accepted
    on planned.directorate_code = accepted.directorate_code
    and planned.period_key = accepted.period_key
