-- Which row of a return stands for a line in the period that it reports, and when: a row whose return is
-- in force (R42) and whose line is registered (R33). Where two directorates report a line, that of its
-- owner stands before that of a directorate from which it was moved since (F6).
with

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}

),

registered as (

    select *
    from {{ ref('int_line_registration') }}

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}

),

registered_in_force as (

    select
        line.saving_ref,
        line.plan_year,
        line.plan_year_key,
        line.is_replacement,
        in_force.directorate_code,
        in_force.financial_year_key,
        in_force.period_key,
        in_force.submission_id,
        in_force.receipt_seq,
        line.source_row,
        registered.is_moved,
        {{ common_span(['in_force', 'registered']) }}
    from in_force
    inner join registered
        on in_force.submission_id = registered.submission_id
        and {{ overlap(['in_force', 'registered']) }}
    inner join line
        on registered.submission_id = line.submission_id
        and registered.source_row = line.source_row

),

standing as (

    {{ first_standing(
        'registered_in_force',
        key=['saving_ref', 'plan_year', 'period_key'],
        identity=[
            'plan_year_key', 'is_replacement', 'directorate_code', 'financial_year_key', 'submission_id',
            'receipt_seq', 'source_row', 'is_moved',
        ],
        first_by='candidate.is_moved, candidate.receipt_seq desc',
    ) }}

)

select *
from standing
