-- What rpt_effect_profile has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_effect_profile'}}}) }}

-- R44: what stands in a year is what all years up to it have added, and years follow without a gap.
select
    rule,
    key,
    value
from (
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

    select {{ breaks(
        'rpt_effect_profile__in_year_effect_is_the_running_sum_of_increments',
        ['effect_profile_key'],
        ['in_year_effect_gbp', 'effect_before_gbp', 'increment_gbp'],
    ) }}
    from steps
    where
        in_year_effect_gbp <> coalesce(effect_before_gbp, 0) + increment_gbp
        or effect_year_key <> coalesce(year_before_key, effect_year_key - 1) + 1
) as in_year_effect_is

union all

-- R21, R22: over all its years a recurrent line comes to its full-year effect, and a one-off line to nothing.
select
    rule,
    key,
    value
from (
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

    select {{ breaks(
        'rpt_effect_profile__increments_come_to_the_full_year_effect_or_to_nothing',
        ['saving_ref', 'plan_year'],
        ['increment_gbp', 'full_year_effect_gbp'],
    ) }}
    from line
    where increment_gbp <> case when recurrence = 'One-off' then 0 else full_year_effect_gbp end
) as increments_come_to_the
