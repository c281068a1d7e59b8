-- A line's close of a year (R37): what counted in the latest period of that year in force now. Years
-- before the plan year have none, nor have years without a return of the line's own.
with

own_now as (

    select *
    from {{ ref('int_position') }}
    where
        is_current
        and source_period_key = period_key
        and plan_year_key <= reporting_year_key

)

select
    saving_ref,
    plan_year,
    reporting_year_key as closed_year_key,
    period_key,
    submission_id,
    source_row,
    counted_projected_gbp,
    deferred_gbp,
    unexplained_gbp
from own_now
qualify row_number() over (
    partition by saving_ref, plan_year, reporting_year_key
    order by period_key desc
) = 1
