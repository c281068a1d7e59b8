{#
    A row's own key in a fact or report, 60 bits of the MD5 of its natural key: BIGINT, the first 15 hexadecimal
    digits. Readers join on no such key (`meta: {hidden: true}`), so it may be larger than what JSON, Excel and
    Power BI keep exactly. The same parts give the same key on any machine and any engine.
#}
{% macro surrogate_key(name, parts) -%}
    {{ return(adapter.dispatch('surrogate_key', 'savings_warehouse')(name, parts)) }}
{%- endmacro %}

{#
    The key of a dimension's row, and of every column that refers to it: the same, below 10^15, so that every tool
    keeps all its digits. That two rows share one is excluded by the primary key of the dimension.
#}
{% macro dimension_key(name, parts) -%}
    {{ surrogate_key(name, parts) }} % 1000000000000000
{%- endmacro %}

{#
    The text that a key is made of: the council's code, the table's short name (two tables never share a key), then
    the parts, joined by '|'.
#}
{% macro natural_key(name, parts) -%}
    '{{ var("council_code") | replace("'", "''") }}|{{ name }}'
    {%- for part in parts %} || '|' || coalesce(cast({{ part }} as {{ dbt.type_string() }}), ''){% endfor %}
{%- endmacro %}

{% macro default__surrogate_key(name, parts) -%}
    cast(('0x' || substr(md5({{ natural_key(name, parts) }}), 1, 15)) as bigint)
{%- endmacro %}

{% macro spark__surrogate_key(name, parts) -%}
    cast(conv(substr(md5({{ natural_key(name, parts) }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}
