-- From the baseline to where each pound of it stands (P2): Table 1 in steps, what counts divided into
-- what is delivered (R56) and what is still on track. Over-achievement and mitigation stand apart (R03, R35).
{%- set steps = [
    ('baseline', 'baseline_gbp'),
    ('delivered', 'delivered_gbp'),
    ('on track', 'on_track_gbp'),
    ('deferred', 'deferred_gbp'),
    ('undeliverable', 'undeliverable_gbp'),
    ('unexplained', 'unexplained_gbp'),
    ('not reported', 'not_reported_gbp'),
    ('over-achieved', 'over_achieved_gbp'),
    ('mitigated', 'mitigated_gbp'),
] %}

with

table_1 as (

    select
        *,
        {{ financial_year_key('plan_year') }} as plan_year_key
    from {{ ref('rpt_cabinet_table_1') }}
    where not is_total

),

delivered as (

    select
        directorate.directorate_code,
        line.plan_year_key,
        line.period_key,
        sum(line.delivered_gbp) as delivered_gbp
    from {{ ref('fct_savings_position') }} as line
    inner join {{ ref('dim_directorate') }} as directorate on line.directorate_key = directorate.directorate_key
    where line.is_current and line.is_cashable
    group by directorate.directorate_code, line.plan_year_key, line.period_key

),

-- Of who has not reported nothing is known, delivered no more than the rest (R39).
with_delivered as (

    select
        table_1.*,
        case when table_1.projected_gbp is not null then coalesce(delivered.delivered_gbp, 0) end as delivered_gbp,
        table_1.projected_gbp - coalesce(delivered.delivered_gbp, 0) as on_track_gbp
    from table_1
    left join delivered
        on table_1.directorate_code = delivered.directorate_code
        and table_1.plan_year_key = delivered.plan_year_key
        and table_1.period_key = delivered.period_key

),

in_steps as (
    {% for step, amount in steps %}
    select
        plan_year,
        reporting_year,
        reporting_period,
        period_key,
        directorate_code,
        directorate_name,
        {{ loop.index }} as step_no,
        '{{ step }}' as step,
        {{ money(amount) }} as amount_gbp,
        {{ step in ('over-achieved', 'mitigated') }} as is_apart,
        is_carried_forward,
        is_incomplete,
        is_latest_period,
        is_latest_complete_period
    from with_delivered
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

)

select
    {{ surrogate_key('savings_bridge', ['plan_year', 'period_key', 'directorate_code', 'step_no']) }}
        as savings_bridge_key,
    plan_year,
    reporting_year,
    reporting_period,
    period_key,
    directorate_code,
    directorate_name,
    step_no,
    step,
    amount_gbp,
    is_apart,
    is_carried_forward,
    is_incomplete,
    is_latest_period,
    is_latest_complete_period
from in_steps
