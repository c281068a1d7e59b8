-- P2: delivered + on track + deferred + undeliverable + unexplained + not reported = baseline (R01, R39).
with

bridges as (

    select
        plan_year,
        period_key,
        directorate_code,
        sum(amount_gbp) filter (where step = 'baseline') as baseline_gbp,
        sum(amount_gbp) filter (where step <> 'baseline' and not is_apart) as placed_gbp
    from {{ ref('rpt_savings_bridge') }}
    group by plan_year, period_key, directorate_code

)

select *
from bridges
where baseline_gbp is distinct from placed_gbp
