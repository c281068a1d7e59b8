-- The Cabinet report's Table 1 (P1): where every pound of the cashable baseline stands, in words.
with

table_1 as (

    select *
    from {{ ref('int_table_1') }}

),

directorate as (

    select *
    from {{ ref('int_directorate_version') }}

)

select
    {{ surrogate_key(
        'table_1',
        ['plan_year.financial_year', 'period.reporting_year', 'period.reporting_period', 'table_1.directorate_code'],
    ) }} as table_1_key,
    plan_year.financial_year as plan_year,
    period.reporting_year,
    period.reporting_period,
    table_1.period_key,
    table_1.directorate_code,
    coalesce(directorate.directorate_name, 'Total') as directorate_name,
    {%- for amount in table_1_measures() %}
    table_1.{{ amount }},
    {%- endfor %}
    table_1.is_total,
    table_1.is_carried_forward,
    table_1.is_incomplete,
    table_1.is_restated,
    period.is_latest_period,
    period.is_latest_complete_period
from table_1
inner join {{ ref('dim_reporting_period') }} as period on table_1.period_key = period.period_key
inner join {{ ref('dim_financial_year') }} as plan_year on table_1.plan_year_key = plan_year.financial_year_key
left join directorate
    on table_1.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
