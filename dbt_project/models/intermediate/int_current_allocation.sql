-- Where every baseline pound stands now (R01): the allocation of the positions that are current, with the
-- directorate, years and row of the position that it divides.
with

position as (

    select *
    from {{ ref('int_position') }}
    where is_current

),

allocation as (

    select *
    from {{ ref('int_allocation') }}

)

select
    position.saving_ref,
    position.plan_year,
    position.plan_year_key,
    position.reporting_year_key,
    position.period_key,
    position.directorate_code,
    position.is_cashable,
    allocation.bucket,
    allocation.delivery_year_key,
    allocation.amount_gbp
from position
inner join allocation
    on position.saving_ref = allocation.saving_ref
    and position.plan_year = allocation.plan_year
    and position.period_key = allocation.period_key
    and position.submission_id = allocation.submission_id
    and position.span_no = allocation.span_no
