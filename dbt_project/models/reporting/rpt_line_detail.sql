-- Every saving line in the latest open period, names spelled out, each amount beside the cell it comes from.
with

position as (

    select *
    from {{ ref('fct_savings_position') }}
    where is_latest_period

)

select
    {{ surrogate_key('line_detail', ['saving_line.saving_ref', 'saving_line.plan_year']) }} as line_detail_key,
    position.saving_key,
    saving_line.saving_ref,
    saving_line.plan_year,
    saving_line.saving_title,
    period.reporting_year,
    period.reporting_period,
    position.period_key,
    period.as_at_date,
    directorate.directorate_code,
    directorate.directorate_name,
    service.service_name,
    project.project_ref,
    project.project_name,
    benefit_type.name as benefit_type,
    position.is_cashable,
    saving_line.recurrence,
    saving_line.maturity,
    saving_line.replaces_ref,
    saving_line.is_closed,
    status.name as status,
    rag_submitted.name as rag_submitted,
    rag_derived.name as rag_derived,
    position.original_baseline_gbp,
    position.baseline_gbp,
    position.baseline_gbp_cell,
    position.projected_gbp,
    position.projected_gbp_cell,
    position.counted_projected_gbp,
    position.over_achieved_gbp,
    position.achieved_to_date_gbp,
    position.achieved_to_date_gbp_cell,
    position.delivered_gbp,
    position.deferred_gbp,
    position.deferred_gbp_cell,
    position.is_deferred_not_applicable,
    position.times_deferred,
    position.undeliverable_gbp,
    position.undeliverable_gbp_cell,
    position.decided_undeliverable_gbp,
    position.decision_ref,
    position.unexplained_gbp,
    position.full_year_effect_gbp,
    position.full_year_effect_gbp_cell,
    position.mitigated_gbp,
    position.risk_weighted_gbp,
    position.variance_explanation,
    position.budget_code,
    position.is_restated,
    position.is_carried_forward,
    position.carried_from_period_key,
    submission.submission_id,
    submission.certification,
    submission.file_name,
    submission.file_sha256,
    position.source_sheet,
    position.source_row
from position
inner join {{ ref('dim_saving_line') }} as saving_line on position.saving_line_key = saving_line.saving_line_key
inner join {{ ref('dim_reporting_period') }} as period on position.period_key = period.period_key
inner join {{ ref('dim_directorate') }} as directorate on position.directorate_key = directorate.directorate_key
inner join {{ ref('dim_service') }} as service on position.service_key = service.service_key
inner join {{ ref('dim_project') }} as project on position.project_key = project.project_key
inner join {{ ref('dim_benefit_type') }} as benefit_type on position.benefit_type_key = benefit_type.benefit_type_key
inner join {{ ref('dim_status') }} as status on position.status_key = status.status_key
inner join {{ ref('dim_rag') }} as rag_submitted on position.rag_submitted_key = rag_submitted.rag_key
inner join {{ ref('dim_rag') }} as rag_derived on position.rag_derived_key = rag_derived.rag_key
inner join {{ ref('dim_submission') }} as submission on position.submission_key = submission.submission_key
