-- The line as reported: one row a line, plan year, period, submission and span of knowledge.
with

position as (

    select *
    from {{ ref('int_position') }}

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}

),

submission as (

    select *
    from {{ ref('stg_raw__submission') }}

),

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

latest_open as (

    select *
    from {{ ref('int_latest_period') }}

),

latest_complete as (

    select *
    from {{ ref('int_latest_complete_period') }}

),

saving_line as (

    select *
    from {{ ref('int_saving_line_version') }}

),

project as (

    select *
    from {{ ref('int_project_version') }}

),

directorate as (

    select *
    from {{ ref('int_directorate_version') }}

),

service as (

    select *
    from {{ ref('int_service_version') }}

)

select
    {{ surrogate_key('position', [
        'position.saving_ref', 'position.plan_year', 'position.period_key', 'position.submission_id',
        'position.span_no',
    ]) }} as position_key,
    position.span_no,
    {{ dimension_key('saving', ['position.saving_ref', 'position.plan_year']) }} as saving_key,
    saving_line.saving_line_key,
    position.saving_ref,
    position.plan_year,
    project.project_key,
    directorate.directorate_key,
    service.service_key,
    position.plan_year_key,
    position.reporting_year_key,
    position.period_key,
    period.as_at_date,
    {{ dimension_key('submission', ['position.submission_id']) }} as submission_key,
    {{ dimension_key('benefit_type', ['line.benefit_type']) }} as benefit_type_key,
    {{ dimension_key('status', ['line.status']) }} as status_key,
    {{ dimension_key('rag', ['line.rag']) }} as rag_submitted_key,
    {{ dimension_key('rag', ["coalesce(position.rag_derived, 'None')"]) }} as rag_derived_key,
    line.baseline_gbp,
    line.baseline_gbp_cell,
    line.projected_gbp,
    line.projected_gbp_cell,
    line.achieved_to_date_gbp,
    line.achieved_to_date_gbp_cell,
    line.deferred_gbp,
    line.deferred_gbp_cell,
    line.undeliverable_gbp,
    line.undeliverable_gbp_cell,
    line.full_year_effect_gbp,
    line.full_year_effect_gbp_cell,
    position.original_baseline_gbp,
    position.counted_projected_gbp,
    position.decided_undeliverable_gbp,
    position.over_achieved_gbp,
    position.delivered_gbp,
    position.unexplained_gbp,
    position.mitigated_gbp,
    position.risk_weighted_gbp,
    position.times_deferred,
    line.variance_explanation,
    line.decision_ref,
    line.budget_code,
    line.fund_ref,
    line.is_deferred_not_applicable,
    coalesce(submission.return_type = 'Restatement', false) as is_restated,
    position.is_current,
    position.is_current and latest_open.period_key is not null as is_latest_period,
    position.is_current and latest_complete.period_key is not null as is_latest_complete_period,
    position.is_carried_forward,
    case when position.is_carried_forward then position.source_period_key end as carried_from_period_key,
    position.is_cashable,
    position.known_from_at as valid_from_at,
    position.known_to_at as valid_to_at,
    line.source_sheet,
    line.source_row,
    line.row_hash
from position
inner join line
    on position.submission_id = line.submission_id
    and position.source_row = line.source_row
inner join submission on position.submission_id = submission.submission_id
inner join period on position.period_key = period.period_key
left join latest_open on position.period_key = latest_open.period_key
left join latest_complete on position.period_key = latest_complete.period_key
left join saving_line
    on position.saving_ref = saving_line.saving_ref
    and position.plan_year = saving_line.plan_year
    and {{ applies_on('saving_line', 'period.as_at_date') }}
left join project
    on line.project_ref = project.project_ref
    and {{ applies_on('project', 'period.as_at_date') }}
left join directorate
    on position.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
left join service
    on line.service_code = service.service_code
    and {{ applies_on('service', 'period.as_at_date') }}
