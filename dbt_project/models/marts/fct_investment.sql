-- What a fund line was given and has spent, cumulative (R48): one row a fund line and year, period,
-- submission and span of knowledge; carried where the directorate's return is (R38).
with

return_span as (

    select *
    from {{ ref('int_return_span') }}

),

investment as (

    select *
    from {{ ref('stg_raw__investment') }}

),

project as (

    select *
    from {{ ref('int_project_version') }}

)

select
    {{ surrogate_key('investment', [
        'investment.fund_ref', 'investment.financial_year', 'return_span.period_key', 'return_span.submission_id',
        'return_span.span_no',
    ]) }} as investment_key,
    return_span.span_no,
    investment.fund_ref,
    project.project_key,
    return_span.directorate_key,
    {{ dimension_key('funding_source', ['investment.funding_source']) }} as funding_source_key,
    investment.financial_year_key as funding_year_key,
    return_span.reporting_year_key,
    return_span.period_key,
    return_span.submission_key,
    investment.approved_gbp,
    investment.approved_gbp_cell,
    investment.committed_gbp,
    investment.committed_gbp_cell,
    investment.drawn_gbp,
    investment.drawn_gbp_cell,
    investment.forecast_gbp,
    investment.forecast_gbp_cell,
    investment.ongoing_cost_gbp,
    investment.ongoing_cost_gbp_cell,
    investment.is_enabling,
    investment.approval_body,
    investment.approval_date,
    investment.expected_payback_months,
    return_span.is_current,
    return_span.is_latest_period,
    return_span.is_latest_complete_period,
    return_span.is_carried_forward,
    return_span.carried_from_period_key,
    return_span.known_from_at as valid_from_at,
    return_span.known_to_at as valid_to_at,
    investment.source_sheet,
    investment.source_row,
    investment.row_hash
from return_span
inner join investment on return_span.submission_id = investment.submission_id
left join project
    on investment.project_ref = project.project_ref
    and {{ applies_on('project', 'return_span.as_at_date') }}
