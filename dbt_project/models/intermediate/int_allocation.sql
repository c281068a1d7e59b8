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

-- By bucket, each from its own model alone: what lines and deferrals add is joined once.
amounts as (

    select
        saving_ref,
        plan_year,
        period_key,
        submission_id,
        span_no,
        source_row,
        'PROJECTED' as bucket,
        delivery_year_key,
        amount_gbp
    from projected
    where amount_gbp <> 0
    {%- for bucket, amount, condition in [
        ('DEFERRED', 'deferred_gbp', 'true'),
        ('UNDELIVERABLE', 'decided_undeliverable_gbp', 'decided_undeliverable_gbp <> 0'),
        ('UNEXPLAINED', 'unexplained_gbp', 'unexplained_gbp <> 0'),
    ] %}
    union all
    select
        saving_ref,
        plan_year,
        period_key,
        submission_id,
        span_no,
        source_row,
        '{{ bucket }}' as bucket,
        null as delivery_year_key,
        {{ amount }} as amount_gbp
    from position
    where {{ condition }}
    {%- endfor %}

),

-- A saving whose deferral is split is sought on the Deferrals sheet; by a key alone, which every engine joins fast.
reported as (

    select
        amounts.*,
        line.source_sheet,
        line.deferred_to_year_key,
        case when amounts.bucket = 'DEFERRED' and line.is_deferral_split then line.submission_id end
            as split_submission_id,
        case amounts.bucket
            when 'PROJECTED' then line.projected_gbp_cell
            when 'DEFERRED' then line.deferred_gbp_cell
            when 'UNDELIVERABLE' then line.undeliverable_gbp_cell
            else line.baseline_gbp_cell
        end as source_cell
    from amounts
    inner join line
        on amounts.submission_id = line.submission_id
        and amounts.source_row = line.source_row

),

buckets as (

    select
        reported.saving_ref,
        reported.plan_year,
        reported.period_key,
        reported.submission_id,
        reported.span_no,
        reported.bucket,
        case
            when reported.bucket = 'DEFERRED'
                then coalesce(split_deferral.deferred_to_year_key, reported.deferred_to_year_key)
            else reported.delivery_year_key
        end as delivery_year_key,
        coalesce(split_deferral.deferred_gbp, reported.amount_gbp) as amount_gbp,
        coalesce(split_deferral.source_sheet, reported.source_sheet) as source_sheet,
        coalesce(split_deferral.source_row, reported.source_row) as source_row,
        coalesce(split_deferral.deferred_gbp_cell, reported.source_cell) as source_cell
    from reported
    left join split_deferral
        on reported.split_submission_id = split_deferral.submission_id
        and reported.saving_ref = split_deferral.saving_ref
        and reported.plan_year = split_deferral.plan_year

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
