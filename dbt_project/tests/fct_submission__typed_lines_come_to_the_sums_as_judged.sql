-- Event = staging: the typed lines of an accepted return come to the five sums that its verdict recorded, to the penny.
{{ config(meta={'dagster': {'ref': {'name': 'fct_submission'}}}) }}

with

typed as (

    select
        submission_id,
        sum(baseline_gbp) as baseline_gbp,
        sum(achieved_to_date_gbp) as achieved_to_date_gbp,
        sum(projected_gbp) as projected_gbp,
        sum(deferred_gbp) as deferred_gbp,
        sum(undeliverable_gbp) as undeliverable_gbp
    from {{ ref('stg_raw__savings_line') }}
    group by submission_id

)

select submission.submission_id
from {{ ref('stg_raw__submission') }} as submission
inner join {{ ref('fct_submission') }} as published
    on {{ dimension_key('submission', ['submission.submission_id']) }} = published.submission_key
left join typed on submission.submission_id = typed.submission_id
where
    submission.accepted_at is not null
    and (
        coalesce(typed.baseline_gbp, 0) is distinct from submission.judged_baseline_gbp
        or coalesce(typed.achieved_to_date_gbp, 0) is distinct from submission.judged_achieved_to_date_gbp
        or coalesce(typed.projected_gbp, 0) is distinct from submission.judged_projected_gbp
        or coalesce(typed.deferred_gbp, 0) is distinct from submission.judged_deferred_gbp
        or coalesce(typed.undeliverable_gbp, 0) is distinct from submission.judged_undeliverable_gbp
    )
