-- Which return is in force for a directorate and period, and when (R10, R42, R54): among the
-- accepted and not withdrawn ones that which was received last, whatever was accepted last.
with

accepted as (

    select
        submission_id,
        directorate_code,
        financial_year_key,
        period_key,
        receipt_seq,
        accepted_at as known_from_at,
        withdrawn_at as known_to_at
    from {{ ref('stg_raw__submission') }}
    where accepted_at is not null

),

in_force as (

    {{ first_standing(
        'accepted',
        key=['directorate_code', 'financial_year_key', 'period_key'],
        identity=['submission_id', 'receipt_seq'],
        first_by='candidate.receipt_seq desc',
    ) }}

)

select
    submission_id,
    directorate_code,
    financial_year_key,
    period_key,
    receipt_seq,
    known_from_at,
    known_to_at
from in_force
