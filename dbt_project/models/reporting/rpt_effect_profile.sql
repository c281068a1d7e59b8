-- What a line adds to, or takes from, the savings of each year (R44): a one-off saving is reversed in the
-- year after (R21), a recurrent one comes to its full-year effect in the year after the last delivery (R22).
with

-- Replacements stand outside the baseline (R35); of a line without a forecast there is nothing to spread.
line as (

    select
        position.saving_line_key,
        position.saving_key,
        saving_line.saving_ref,
        saving_line.plan_year,
        saving_line.saving_title,
        saving_line.recurrence,
        directorate.directorate_code,
        directorate.directorate_name,
        position.period_key,
        {{ counted_full_year_effect('position') }} as full_year_effect_gbp
    from {{ ref('fct_savings_position') }} as position
    inner join {{ ref('dim_saving_line') }} as saving_line on position.saving_line_key = saving_line.saving_line_key
    inner join {{ ref('dim_directorate') }} as directorate on position.directorate_key = directorate.directorate_key
    where
        position.is_latest_period
        and position.is_cashable
        and position.projected_gbp is not null
        and saving_line.replaces_ref is null

),

delivered as (

    select
        saving_line_key,
        delivery_year_key,
        sum(amount_gbp) as amount_gbp
    from {{ ref('fct_savings_allocation') }}
    where is_latest_period and is_cashable and bucket in ('PROJECTED', 'DEFERRED')
    group by saving_line_key, delivery_year_key

),

total as (

    select
        saving_line_key,
        min(delivery_year_key) as first_year_key,
        max(delivery_year_key) as last_year_key,
        sum(amount_gbp) as amount_gbp
    from delivered
    group by saving_line_key

),

-- Every year of the calendar, and the one in which a saving of the last is reversed or completed.
effect_year as (

    select financial_year_key
    from {{ ref('dim_financial_year') }}
    union
    select financial_year_key + 1 as financial_year_key
    from {{ ref('dim_financial_year') }}

),

line_year as (

    select
        line.*,
        {{ financial_year('effect_year.financial_year_key') }} as effect_year,
        effect_year.financial_year_key as effect_year_key,
        total.last_year_key,
        total.amount_gbp as total_gbp,
        coalesce(delivered.amount_gbp, 0) as amount_gbp
    from line
    inner join total on line.saving_line_key = total.saving_line_key
    inner join effect_year
        on effect_year.financial_year_key between total.first_year_key and total.last_year_key + 1
    left join delivered
        on line.saving_line_key = delivered.saving_line_key
        and effect_year.financial_year_key = delivered.delivery_year_key

),

increments as (

    select
        *,
        case
            when recurrence = 'One-off'
                then amount_gbp - coalesce(
                    lag(amount_gbp) over (partition by saving_line_key order by effect_year_key), 0
                )
            when effect_year_key <= last_year_key then amount_gbp
            else full_year_effect_gbp - total_gbp
        end as increment_gbp
    from line_year

)

select
    {{ surrogate_key('effect_profile', ['saving_ref', 'plan_year', 'effect_year']) }} as effect_profile_key,
    saving_key,
    saving_ref,
    plan_year,
    effect_year,
    saving_title,
    recurrence,
    directorate_code,
    directorate_name,
    period_key,
    {{ money('amount_gbp') }} as delivered_gbp,
    {{ money('full_year_effect_gbp') }} as full_year_effect_gbp,
    {{ money('increment_gbp') }} as increment_gbp,
    {{ money('sum(increment_gbp) over (partition by saving_line_key order by effect_year_key)') }}
        as in_year_effect_gbp
from increments
