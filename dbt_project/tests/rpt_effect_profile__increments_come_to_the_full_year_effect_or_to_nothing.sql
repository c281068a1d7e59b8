-- R21, R22: over all its years a recurrent line comes to its full-year effect, and a one-off line to nothing.
with

line as (

    select
        saving_ref,
        plan_year,
        recurrence,
        full_year_effect_gbp,
        sum(increment_gbp) as increment_gbp
    from {{ ref('rpt_effect_profile') }}
    group by saving_ref, plan_year, recurrence, full_year_effect_gbp

)

select *
from line
where increment_gbp <> case when recurrence = 'One-off' then 0 else full_year_effect_gbp end
