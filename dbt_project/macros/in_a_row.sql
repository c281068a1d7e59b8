{# Texts of a group in one, in their own order: dbt's listagg leaves the order out on Spark. #}
{% macro in_a_row(text, delimiter) -%}
    {{ return(adapter.dispatch('in_a_row', 'savings_warehouse')(text, delimiter)) }}
{%- endmacro %}

{% macro default__in_a_row(text, delimiter) -%}
    string_agg({{ text }}, '{{ delimiter }}' order by {{ text }})
{%- endmacro %}

{% macro spark__in_a_row(text, delimiter) -%}
    listagg({{ text }}, '{{ delimiter }}') within group (order by {{ text }})
{%- endmacro %}
