{# Schemas carry their declared names alone: the candidate is a file of its own, so no target prefix is needed. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
