-- What fct_submission has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'fct_submission'}}}) }}

-- File = staging: every data row of an accepted return's Savings sheet is one typed line.
select
    rule,
    key,
    value
from (
    with

    typed as (

        select
            {{ dimension_key('submission', ['submission_id']) }} as submission_key,
            count(*) as row_count
        from {{ ref('stg_raw__savings_line') }}
        group by submission_id

    )

    select {{ breaks(
        'fct_submission__rows_read_are_the_rows_of_its_typed_lines',
        ['submission.submission_key'],
        ['submission.rows_read', 'typed.row_count'],
    ) }}
    from {{ ref('fct_submission') }} as submission
    left join typed on submission.submission_key = typed.submission_key
    where
        submission.accepted_at is not null
        and submission.rows_read <> coalesce(typed.row_count, 0)
) as rows_read_are_the

union all

-- Event = staging: the typed lines of an accepted return come to the five sums that its verdict recorded, to the penny.
select
    rule,
    key,
    value
from (
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

    select {{ breaks(
        'fct_submission__typed_lines_come_to_the_sums_as_judged',
        ['submission.submission_id'],
        ['typed.baseline_gbp', 'typed.achieved_to_date_gbp', 'typed.projected_gbp', 'typed.deferred_gbp', 'typed.undeliverable_gbp'],
    ) }}
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
) as typed_lines_come_to
