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
