{# 2021 for '2021/22': the year in which the financial year starts. #}
{% macro financial_year_key(financial_year) -%}
    cast(substr({{ financial_year }}, 1, 4) as integer)
{%- endmacro %}

{# The member of dim_financial_year for what no year delivers. #}
{% macro no_financial_year_key() -%}
    0
{%- endmacro %}

{# 202106 for '2021/22' and 'P06'. #}
{% macro period_key(financial_year, reporting_period) -%}
    cast(substr({{ financial_year }}, 1, 4) || substr({{ reporting_period }}, 2, 2) as integer)
{%- endmacro %}

{# The day so many days later. #}
{% macro days_after(day, number_of_days) -%}
    {{ return(adapter.dispatch('days_after', 'savings_warehouse')(day, number_of_days)) }}
{%- endmacro %}

{% macro default__days_after(day, number_of_days) -%}
    cast({{ day }} + {{ number_of_days }} as date)
{%- endmacro %}

{% macro spark__days_after(day, number_of_days) -%}
    date_add({{ day }}, {{ number_of_days }})
{%- endmacro %}

{# The day in London of a moment in UTC (R55), summer time minded. #}
{% macro day_in_london(moment) -%}
    {{ return(adapter.dispatch('day_in_london', 'savings_warehouse')(moment)) }}
{%- endmacro %}

{% macro default__day_in_london(moment) -%}
    cast(({{ moment }} at time zone 'UTC') at time zone 'Europe/London' as date)
{%- endmacro %}

{% macro spark__day_in_london(moment) -%}
    cast(from_utc_timestamp({{ moment }}, 'Europe/London') as date)
{%- endmacro %}

{# Condition: a row of the plan in force is in effect at that period. Two comparisons, and no "or": DuckDB joins by keys. #}
{% macro in_effect(plan, period_key) -%}
    {{ plan }}.from_period_key <= {{ period_key }}
    and {{ period_key }} < coalesce({{ plan }}.before_period_key, {{ after_all_periods() }})
{%- endmacro %}

{# Stands for "up to the last period" inside comparisons; never stored. #}
{% macro after_all_periods() -%}
    999999
{%- endmacro %}

{# A query of one column, day: every day from the first to the last, between brackets where it is put. #}
{% macro every_day(first_day, last_day, relation) -%}
    {{ return(adapter.dispatch('every_day', 'savings_warehouse')(first_day, last_day, relation)) }}
{%- endmacro %}

{% macro default__every_day(first_day, last_day, relation) -%}
    select cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date) as day
    from {{ relation }}
{%- endmacro %}

{% macro spark__every_day(first_day, last_day, relation) -%}
    select explode(sequence({{ first_day }}, {{ last_day }}, interval 1 day)) as day
    from {{ relation }}
{%- endmacro %}

{# '2021/22' for 2021. #}
{% macro financial_year(financial_year_key) -%}
    cast({{ financial_year_key }} as {{ dbt.type_string() }}) || '/'
    || substr(cast({{ financial_year_key }} + 1 as {{ dbt.type_string() }}), 3, 2)
{%- endmacro %}
