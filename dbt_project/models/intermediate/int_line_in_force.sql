-- When a row of a return stands for the period that it reports: while its return is in force (R42)
-- and its line is registered (R33).
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

)

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
    {{ common_span(['in_force', 'registered']) }}
from in_force
inner join registered
    on in_force.submission_id = registered.submission_id
    and {{ overlap(['in_force', 'registered']) }}
inner join line
    on registered.submission_id = line.submission_id
    and registered.source_row = line.source_row
