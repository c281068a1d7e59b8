-- Every file received, with the state that it has come to.
with

submission as (

    select *
    from {{ ref('stg_raw__submission') }}

),

standing as (

    select *
    from {{ ref('int_submission_standing') }}

)

select
    {{ dimension_key('submission', ['submission.submission_id']) }} as submission_key,
    submission.submission_id,
    submission.version_no,
    submission.return_type,
    submission.certification,
    standing.state,
    submission.folder_code,
    submission.file_name,
    submission.file_sha256,
    submission.received_at,
    submission.accepted_at
from submission
inner join standing on submission.submission_id = standing.submission_id
