-- File = staging: every data row of an accepted return's Savings sheet is one typed line.
{{ config(meta={'dagster': {'ref': {'name': 'fct_submission'}}}) }}

with

typed as (

    select
        {{ dimension_key('submission', ['submission_id']) }} as submission_key,
        count(*) as row_count
    from {{ ref('stg_raw__savings_line') }}
    group by submission_id

)

select submission.submission_key
from {{ ref('fct_submission') }} as submission
left join typed on submission.submission_key = typed.submission_key
where
    submission.accepted_at is not null
    and submission.rows_read <> coalesce(typed.row_count, 0)
