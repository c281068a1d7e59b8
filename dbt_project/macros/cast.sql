{# dbt casts to the types of contracts with this one; they say varchar, which on Spark needs a length or is string. #}
{% macro spark__cast(field, type) -%}
    cast({{ field }} as {{ dbt.type_string() if type == 'varchar' else type }})
{%- endmacro %}
