-- Where every baseline pound went (R01): one row a line, plan year, bucket, delivery year, period,
-- submission and span of knowledge. Keys and flags are those of the position that it divides.
with

allocation as (

    select *
    from {{ ref('int_allocation') }}

),

position as (

    select *
    from {{ ref('fct_savings_position') }}

),

with_position_key as (

    select
        *,
        {{ surrogate_key('position', ['saving_ref', 'plan_year', 'period_key', 'submission_id', 'span_no']) }}
            as position_key
    from allocation

)

select
    {{ surrogate_key('allocation', [
        'with_position_key.saving_ref', 'with_position_key.plan_year', 'with_position_key.bucket',
        'with_position_key.delivery_year_key', 'with_position_key.period_key', 'with_position_key.submission_id',
        'with_position_key.span_no',
    ]) }} as allocation_key,
    with_position_key.span_no,
    position.saving_key,
    position.saving_line_key,
    position.saving_ref,
    position.plan_year,
    position.project_key,
    position.directorate_key,
    position.service_key,
    position.plan_year_key,
    coalesce(with_position_key.delivery_year_key, {{ no_financial_year_key() }}) as delivery_year_key,
    position.reporting_year_key,
    position.period_key,
    position.as_at_date,
    position.submission_key,
    position.fund_ref,
    with_position_key.bucket,
    with_position_key.amount_gbp,
    position.is_current,
    position.is_latest_period,
    position.is_latest_complete_period,
    position.is_carried_forward,
    position.carried_from_period_key,
    position.is_cashable,
    position.valid_from_at,
    position.valid_to_at,
    with_position_key.source_sheet,
    with_position_key.source_row,
    with_position_key.source_cell
from with_position_key
inner join position on with_position_key.position_key = position.position_key
