-- Where every pound of a line's baseline stands (R01): delivered or projected, deferred once, to the
-- year it moves to (R05), undeliverable by decision (R07), or unexplained. Replacements have none (R35).
with

position as (

    select *
    from {{ ref('int_position') }}
    where not is_replacement

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}

),

projected as (

    select *
    from {{ ref('int_projected_share') }}

),

split_deferral as (

    select *
    from {{ ref('stg_raw__deferral') }}

),

buckets as (

    select
        position.saving_ref,
        position.plan_year,
        position.period_key,
        position.submission_id,
        position.span_no,
        'PROJECTED' as bucket,
        projected.delivery_year_key,
        projected.amount_gbp,
        line.source_sheet,
        line.source_row,
        line.projected_gbp_cell as source_cell
    from position
    inner join projected
        on position.saving_ref = projected.saving_ref
        and position.plan_year = projected.plan_year
        and position.period_key = projected.period_key
        and position.submission_id = projected.submission_id
        and position.span_no = projected.span_no
    inner join line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row
    union all
    select
        position.saving_ref,
        position.plan_year,
        position.period_key,
        position.submission_id,
        position.span_no,
        'DEFERRED' as bucket,
        coalesce(split_deferral.deferred_to_year_key, line.deferred_to_year_key) as delivery_year_key,
        coalesce(split_deferral.deferred_gbp, position.deferred_gbp) as amount_gbp,
        coalesce(split_deferral.source_sheet, line.source_sheet) as source_sheet,
        coalesce(split_deferral.source_row, line.source_row) as source_row,
        coalesce(split_deferral.deferred_gbp_cell, line.deferred_gbp_cell) as source_cell
    from position
    inner join line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row
    left join split_deferral
        on line.is_deferral_split
        and line.submission_id = split_deferral.submission_id
        and line.saving_ref = split_deferral.saving_ref
        and line.plan_year = split_deferral.plan_year
    union all
    select
        position.saving_ref,
        position.plan_year,
        position.period_key,
        position.submission_id,
        position.span_no,
        'UNDELIVERABLE' as bucket,
        null as delivery_year_key,
        position.decided_undeliverable_gbp as amount_gbp,
        line.source_sheet,
        line.source_row,
        line.undeliverable_gbp_cell as source_cell
    from position
    inner join line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row
    union all
    select
        position.saving_ref,
        position.plan_year,
        position.period_key,
        position.submission_id,
        position.span_no,
        'UNEXPLAINED' as bucket,
        null as delivery_year_key,
        position.unexplained_gbp as amount_gbp,
        line.source_sheet,
        line.source_row,
        line.baseline_gbp_cell as source_cell
    from position
    inner join line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row

)

select
    saving_ref,
    plan_year,
    period_key,
    submission_id,
    span_no,
    bucket,
    delivery_year_key,
    {{ money('amount_gbp') }} as amount_gbp,
    source_sheet,
    source_row,
    source_cell
from buckets
where amount_gbp <> 0
