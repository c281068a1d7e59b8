-- What rpt_savings_bridge has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_savings_bridge'}}}) }}

-- In every step the directorates add up to the total, and where none has a figure the total has none.
select rule, key, value from (
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

    select {{ breaks(
        'rpt_savings_bridge__directorates_sum_to_the_total',
        ['plan_year', 'period_key', 'step'],
        ['directorates_gbp', 'total_gbp'],
    ) }}
    from sums
    where directorates_gbp is distinct from total_gbp
) as directorates_sum_to_the

union all

-- P2: delivered + on track + deferred + undeliverable + unexplained + not reported = baseline (R01, R39).
select rule, key, value from (
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

    select {{ breaks(
        'rpt_savings_bridge__steps_after_the_baseline_sum_to_it',
        ['plan_year', 'period_key', 'directorate_code'],
        ['baseline_gbp', 'placed_gbp'],
    ) }}
    from bridges
    where baseline_gbp is distinct from placed_gbp
) as steps_after_the_baseline
