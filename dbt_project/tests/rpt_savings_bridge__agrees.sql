-- What rpt_savings_bridge has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_savings_bridge'}}}) }}

-- In every step that Table 1 has too, the directorates add up to its total; where none has a figure it has none.
select
    rule,
    key,
    value
from (
    with

    step as (

        select
            plan_year,
            period_key,
            step,
            sum(amount_gbp) as directorates_gbp
        from {{ ref('rpt_savings_bridge') }}
        group by plan_year, period_key, step

    ),

    total as (
        {% for step in [
            'baseline', 'deferred', 'undeliverable', 'unexplained', 'not reported', 'over-achieved', 'mitigated',
        ] %}
        select
            plan_year,
            period_key,
            '{{ step }}' as step,
            {{ step | replace('-', '_') | replace(' ', '_') }}_gbp as total_gbp
        from {{ ref('rpt_cabinet_table_1') }}
        where is_total
        {%- if not loop.last %}
        union all
        {%- endif %}
        {%- endfor %}

    )

    select {{ breaks(
        'rpt_savings_bridge__directorates_sum_to_the_total_of_table_1',
        ['total.plan_year', 'total.period_key', 'total.step'],
        ['step.directorates_gbp', 'total.total_gbp'],
    ) }}
    from total
    left join step
        on total.plan_year = step.plan_year
        and total.period_key = step.period_key
        and total.step = step.step
    where step.directorates_gbp is distinct from total.total_gbp
) as directorates_sum_to_the

union all

-- P2: delivered + on track + deferred + undeliverable + unexplained + not reported = baseline (R01, R39).
select
    rule,
    key,
    value
from (
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
