-- K4: each position's buckets add up to its own amounts, in pence, in every span of knowledge.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_allocation'}}}) }}

with

allocated as (

    select
        saving_line_key,
        period_key,
        submission_key,
        span_no,
        sum(amount_gbp) filter (where bucket = 'PROJECTED') as projected_gbp,
        sum(amount_gbp) filter (where bucket = 'DEFERRED') as deferred_gbp,
        sum(amount_gbp) filter (where bucket = 'UNDELIVERABLE') as undeliverable_gbp,
        sum(amount_gbp) filter (where bucket = 'UNEXPLAINED') as unexplained_gbp
    from {{ ref('fct_savings_allocation') }}
    group by saving_line_key, period_key, submission_key, span_no

)

select position.position_key
from {{ ref('fct_savings_position') }} as position
left join allocated
    on position.saving_line_key = allocated.saving_line_key
    and position.period_key = allocated.period_key
    and position.submission_key = allocated.submission_key
    and position.span_no = allocated.span_no
where
    position.counted_projected_gbp <> coalesce(allocated.projected_gbp, 0)
    or position.deferred_gbp <> coalesce(allocated.deferred_gbp, 0)
    or position.decided_undeliverable_gbp <> coalesce(allocated.undeliverable_gbp, 0)
    or position.unexplained_gbp <> coalesce(allocated.unexplained_gbp, 0)
