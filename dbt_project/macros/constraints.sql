{#
    What DuckDB is given of a contract: all but the foreign keys, and the keys of facts. Both are declared, for
    readers and for PostgreSQL, and tested by one query per table; held at every row they would cost a build of ten
    million rows sixty times the processor time.
#}
{% macro duckdb__get_table_columns_and_constraints() -%}
    {%- set columns = {} -%}
    {%- for name, column in model['columns'].items() -%}
        {%- set constraints = column.constraints | rejectattr('type', 'equalto', 'foreign_key') | list -%}
        {%- do columns.update({name: dict(column, constraints=constraints)}) -%}
    {%- endfor -%}
    (
    {{ adapter.render_raw_columns_constraints(raw_columns=columns) | join(',\n    ') }}
    )
{%- endmacro %}

{#
    Holds a query to its contract. Types are declared as DuckDB names them, so that it is asked for those of the query
    alone; where they differ, dbt's own comparison finds and says how.
#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
    {%- set declared, given = [], [] -%}
    {%- for column in model['columns'].values() -%}
        {%- do declared.append((column.name, column.data_type | upper)) -%}
    {%- endfor -%}
    {%- for column in get_column_schema_from_query(sql) -%}
        {%- do given.append((column.name, column.dtype)) -%}
    {%- endfor -%}
    {%- if declared | sort != given | sort -%}
        {{ assert_columns_equivalent(sql) }}
    {%- endif -%}
{%- endmacro %}
