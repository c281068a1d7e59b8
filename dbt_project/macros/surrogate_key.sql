{#
    One BIGINT key from the text parts of a natural key: the first 15 hexadecimal digits of the MD5
    of the parts joined by '|'. The same parts give the same key on any machine and any engine.
    The first part is the dimension's or fact's short name, so that two tables never share a key.
#}
{% macro surrogate_key(name, parts) -%}
    {{ return(adapter.dispatch('surrogate_key', 'savings_warehouse')(name, parts)) }}
{%- endmacro %}

{% macro natural_key(name, parts) -%}
    '{{ name }}'
    {%- for part in parts %} || '|' || coalesce(cast({{ part }} as {{ dbt.type_string() }}), ''){% endfor %}
{%- endmacro %}

{% macro default__surrogate_key(name, parts) -%}
    cast(('0x' || substr(md5({{ natural_key(name, parts) }}), 1, 15)) as bigint)
{%- endmacro %}

{% macro spark__surrogate_key(name, parts) -%}
    cast(conv(substr(md5({{ natural_key(name, parts) }}), 1, 15), 16, 10) as bigint)
{%- endmacro %}
