-- In every step the directorates add up to the total, and where none has a figure the total has none.
with

sums as (

    select
        plan_year,
        period_key,
        step,
        sum(amount_gbp) filter (where not is_total) as directorates_gbp,
        sum(amount_gbp) filter (where is_total) as total_gbp
    from {{ ref('rpt_savings_bridge') }}
    group by plan_year, period_key, step

)

select *
from sums
where directorates_gbp is distinct from total_gbp
