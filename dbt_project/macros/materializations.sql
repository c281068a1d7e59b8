{#
    A table or view, made at once under its own name. Nobody reads a candidate before it is finished, and an unfinished
    one is discarded whole: there is nothing to set aside, rename and drop, as dbt's own materialisations do for each.
#}
{% macro made_at_once(relation, sql) -%}
    {%- do drop_relation_if_exists(load_cached_relation(this)) -%}
    {%- call statement('main', auto_begin=False) -%}
        {{ sql }}
    {%- endcall -%}
    {{ return({'relations': [relation]}) }}
{%- endmacro %}

{# Makes a table of the candidate at once. #}
{% materialization table, adapter='duckdb' %}
    {{ return(made_at_once(this.incorporate(type='table'), create_table_as(False, this, compiled_code))) }}
{% endmaterialization %}

{# Makes a view of the candidate at once. #}
{% materialization view, adapter='duckdb' %}
    {{ return(made_at_once(this.incorporate(type='view'), create_view_as(this, compiled_code))) }}
{% endmaterialization %}
