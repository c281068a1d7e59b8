-- R44: what stands in a year is what all years up to it have added, and years follow without a gap.
with

steps as (

    select
        effect_profile_key,
        increment_gbp,
        in_year_effect_gbp,
        {{ financial_year_key('effect_year') }} as effect_year_key,
        lag(in_year_effect_gbp) over line as effect_before_gbp,
        lag({{ financial_year_key('effect_year') }}) over line as year_before_key
    from {{ ref('rpt_effect_profile') }}
    window line as (
        partition by saving_ref, plan_year
        order by effect_year
    )

)

select *
from steps
where
    in_year_effect_gbp <> coalesce(effect_before_gbp, 0) + increment_gbp
    or effect_year_key <> coalesce(year_before_key, effect_year_key - 1) + 1
