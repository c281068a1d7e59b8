-- What may go wrong with a saving line: one row a risk, period, submission and span of knowledge;
-- carried where the directorate's return is (R38).
with

return_span as (

    select *
    from {{ ref('int_return_span') }}

),

risk as (

    select *
    from {{ ref('stg_raw__risk') }}

),

-- A risk names no plan year: it is the latest one of that reference in the same return.
line_at_risk as (

    select
        submission_id,
        saving_ref,
        max(plan_year) as plan_year
    from {{ ref('stg_raw__savings_line') }}
    group by submission_id, saving_ref

),

saving_line as (

    select *
    from {{ ref('int_saving_line_version') }}

)

select
    {{ surrogate_key('risk', [
        'risk.risk_ref', 'return_span.period_key', 'return_span.submission_id', 'return_span.span_no',
    ]) }} as risk_key,
    return_span.span_no,
    risk.risk_ref,
    case
        when saving_line.saving_line_key is not null
            then {{ dimension_key('saving', ['saving_line.saving_ref', 'saving_line.plan_year']) }}
    end as saving_key,
    saving_line.saving_line_key,
    risk.saving_ref,
    saving_line.plan_year,
    return_span.directorate_key,
    return_span.reporting_year_key,
    return_span.period_key,
    return_span.submission_key,
    risk.description,
    risk.likelihood,
    risk.impact_gbp,
    risk.impact_gbp_cell,
    risk.current_rating,
    risk.residual_rating,
    risk.owner_post,
    risk.mitigation,
    risk.due_date,
    return_span.is_current,
    return_span.is_latest_period,
    return_span.is_latest_complete_period,
    return_span.is_carried_forward,
    return_span.carried_from_period_key,
    return_span.known_from_at as valid_from_at,
    return_span.known_to_at as valid_to_at,
    risk.source_sheet,
    risk.source_row,
    risk.row_hash
from return_span
inner join risk on return_span.submission_id = risk.submission_id
left join line_at_risk
    on risk.submission_id = line_at_risk.submission_id
    and risk.saving_ref = line_at_risk.saving_ref
left join saving_line
    on line_at_risk.saving_ref = saving_line.saving_ref
    and line_at_risk.plan_year = saving_line.plan_year
    and {{ applies_on('saving_line', 'return_span.as_at_date') }}
