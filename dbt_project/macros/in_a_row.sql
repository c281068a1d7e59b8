{# Texts of a group in one, in their own order or in that of `order_by`: dbt's listagg leaves the order out on Spark. #}
{% macro in_a_row(text, delimiter, order_by=none) -%}
    {{ return(adapter.dispatch('in_a_row', 'savings_warehouse')(text, delimiter, order_by or text)) }}
{%- endmacro %}

{% macro default__in_a_row(text, delimiter, order_by) -%}
    string_agg({{ text }}, '{{ delimiter }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__in_a_row(text, delimiter, order_by) -%}
    listagg({{ text }}, '{{ delimiter }}') within group (order by {{ order_by }})
{%- endmacro %}
