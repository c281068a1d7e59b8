-- The line as reported, with all that is derived from it: where its baseline stands (R01, R07), its
-- derived RAG and risk-weighted forecast (R46).
with

position_span as (

    select *
    from {{ ref('int_position_span') }}

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}

),

amount as (

    select *
    from {{ ref('int_line_amount') }}

),

limits as (

    select *
    from {{ ref('int_rag_limit') }}

),

placed as (

    select
        position_span.*,
        line.projected_gbp,
        line.achieved_to_date_gbp,
        line.status,
        line.is_cashable,
        line.is_replacement,
        amount.is_certified,
        amount.baseline_gbp,
        amount.counted_projected_gbp,
        amount.deferred_gbp,
        amount.over_achieved_gbp,
        amount.mitigated_gbp,
        amount.delivered_gbp,
        case when position_span.is_decided then amount.undeliverable_gbp else 0 end as decided_undeliverable_gbp
    from position_span
    inner join line
        on position_span.submission_id = line.submission_id
        and position_span.source_row = line.source_row
    inner join amount
        on position_span.submission_id = amount.submission_id
        and position_span.source_row = amount.source_row

),

-- The first that applies. No RAG where there is nothing to measure against, or nothing measured.
rated as (

    select
        placed.*,
        limits.risk_weight_blue,
        limits.risk_weight_green,
        limits.risk_weight_amber,
        limits.risk_weight_red,
        limits.risk_weight_grey,
        case
            when placed.baseline_gbp = 0 or placed.projected_gbp is null then null
            when placed.status = 'Withdrawn' or placed.decided_undeliverable_gbp = placed.baseline_gbp then 'Grey'
            when placed.achieved_to_date_gbp >= placed.baseline_gbp and placed.is_certified then 'Blue'
            when
                placed.counted_projected_gbp < limits.rag_red_counted_below * placed.baseline_gbp
                or placed.deferred_gbp > limits.rag_red_deferred_above * placed.baseline_gbp
                then 'Red'
            when
                placed.counted_projected_gbp < limits.rag_amber_counted_below * placed.baseline_gbp
                or placed.deferred_gbp > limits.rag_amber_deferred_above * placed.baseline_gbp
                then 'Amber'
            else 'Green'
        end as rag_derived
    from placed
    inner join limits on placed.limits_from_at = limits.known_from_at

),

weighted as (

    select
        *,
        case rag_derived
            when 'Blue' then risk_weight_blue
            when 'Green' then risk_weight_green
            when 'Amber' then risk_weight_amber
            when 'Red' then risk_weight_red
            when 'Grey' then risk_weight_grey
            else 0
        end as risk_weight
    from rated

)

select
    saving_ref,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    period_key,
    financial_year_key as reporting_year_key,
    submission_id,
    cast(row_number() over (
        partition by saving_ref, plan_year, period_key, submission_id
        order by known_from_at
    ) as integer) as span_no,
    directorate_code,
    source_row,
    source_period_key,
    is_carried_forward,
    is_cashable,
    is_replacement,
    known_to_at is null as is_current,
    rag_derived,
    times_deferred,
    baseline_gbp,
    {{ money('original_baseline_gbp') }} as original_baseline_gbp,
    counted_projected_gbp,
    deferred_gbp,
    {{ money('decided_undeliverable_gbp') }} as decided_undeliverable_gbp,
    {{ money('baseline_gbp - counted_projected_gbp - deferred_gbp - decided_undeliverable_gbp') }}
        as unexplained_gbp,
    over_achieved_gbp,
    mitigated_gbp,
    delivered_gbp,
    {{ money('counted_projected_gbp * risk_weight') }} as risk_weighted_gbp,
    known_from_at,
    known_to_at
from weighted
