{#
    Rules about the rows of one table, put together into one query that returns a row for each row that breaks
    one: rule, key and value, all of them texts. The name of a rule is <table>__<sentence>, and is written as
    '<table>__<sentence>' as rule, which is how the list of checks is read from the compiled query.

    What a YAML file says (the generic test `holds`, or `meta: {holds: ...}` of a model that is not published):

        one_row_per: { line_and_period: [saving_line_key, period_key] }   # and no row lacks its key
        may_lack: [delivery_year_key]                                     # parts of that key that may be null
        spans: { no_two_overlap: { of: [saving_line_key], from: valid_from_at, to: valid_to_at } }
        is_in: { every_line_has_its_directorate: { column: directorate_code, of: ref('dim_directorate') } }
        weights: { of_every_project_sum_to_1: { weight: weight, per: project_key, of: ref('dim_project') } }
        members: { every_bucket_is_one_of_the_two: { bucket: [PROJECTED, DEFERRED] } }
        every_row: { is_not_of_0: amount_gbp <> 0 }                       # true, or the row breaks the rule

    Foreign keys are declared once, in the contract of the table; so is what may not be null, and the keys of
    dimensions. What the candidate holds by itself is not asked again.
#}

{# One query of the rules of several tables, each given as a relation and what its YAML declares. #}
{% macro query_of_rules(tables) -%}
    {%- set ctes, queries = [], [] -%}
    {%- for relation, declared in tables -%}
        {%- set conditions = row_conditions(declared) -%}
        {%- if conditions -%}
            {%- do ctes.append(broken(relation, conditions)) -%}
        {%- endif -%}
        {%- do queries.extend(rule_queries(relation, declared)) -%}
    {%- endfor -%}
    {%- if ctes %}
with

{{ ctes | join(',\n\n') }}
{% endif %}
{{ queries | join('    union all') }}
{%- endmacro %}

{# The rules of models that are not published, as their YAML files say them under `meta`. #}
{% macro rules_of_models(relations) -%}
    {%- if execute -%}
        {%- set tables = [] -%}
        {%- for relation in relations -%}
            {%- do tables.append((relation, model_of(relation).config.meta.holds)) -%}
        {%- endfor -%}
        {{ query_of_rules(tables) }}
    {%- endif -%}
{%- endmacro %}

{# The queries of all rules of one table: what its YAML declares, and what its contract says that the engine does not keep. #}
{% macro rule_queries(relation, declared) -%}
    {%- set known = ['one_row_per', 'may_lack', 'spans', 'is_in', 'weights', 'members', 'every_row'] -%}
    {%- for name in declared if name not in known -%}
        {{ exceptions.raise_compiler_error(relation.identifier ~ ' declares ' ~ name ~ ', which is none of ' ~ known) }}
    {%- endfor -%}
    {%- set node = model_of(relation) -%}
    {%- set key = key_of(node, declared) -%}
    {%- set queries = [] -%}
    {%- for name, columns in declared.get('one_row_per', {}).items() -%}
        {%- if not is_enforced(node, 'primary_key', columns) -%}
            {%- do queries.append(twice(relation, 'one_row_per_' ~ name, columns)) -%}
        {%- endif -%}
        {%- set required = columns | reject('in', declared.get('may_lack', []) + enforced_columns(node)) | list -%}
        {%- if required -%}
            {%- do queries.append(lacking(relation, 'no_row_lacks_its_key', required, columns)) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set unheld = required_columns(node) | reject('in', enforced_columns(node)) | list -%}
    {%- if unheld -%}
        {%- do queries.append(lacking(relation, 'no_row_lacks_what_it_must_have', unheld, key)) -%}
    {%- endif -%}
    {%- for name, spans in declared.get('spans', {}).items() -%}
        {%- do queries.append(overlapping(relation, name, spans)) -%}
    {%- endfor -%}
    {%- for name, there in declared.get('is_in', {}).items() -%}
        {%- do queries.append(orphans(relation, name, there.column, there.of, there.column, key)) -%}
    {%- endfor -%}
    {%- for foreign_key in foreign_keys_of(node) -%}
        {%- do queries.append(orphans(relation, key=key, **foreign_key)) -%}
    {%- endfor -%}
    {%- for name, shares in declared.get('weights', {}).items() -%}
        {%- do queries.append(weights_off(relation, name, shares)) -%}
    {%- endfor -%}
    {%- for name, condition in row_conditions(declared).items() -%}
        {%- do queries.append(broken_rows(relation, name, condition, key, node)) -%}
    {%- endfor -%}
    {{ return(queries) }}
{%- endmacro %}

{# Sets of members are conditions too; what is null is not looked up. #}
{% macro row_conditions(declared) -%}
    {%- set conditions = {} -%}
    {%- for name, sets in declared.get('members', {}).items() -%}
        {%- for column, values in sets.items() -%}
            {%- do conditions.update({name: "coalesce(" ~ column ~ " in ('" ~ values | join("', '") ~ "'), true)"}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do conditions.update(declared.get('every_row', {})) -%}
    {{ return(conditions) }}
{%- endmacro %}

{# The three columns of an answer: the rule, by what the row that breaks it is found, and what is there. #}
{% macro breaks(rule, key, value) -%}
    '{{ rule }}' as rule,
    {{ shown(key) }} as key,
    {{ shown(value) }} as value
{%- endmacro %}

{# The full name of a rule: <table>__<sentence>. #}
{% macro rule_named(relation, sentence) -%}
    {{ return(name_of(relation) ~ '__' ~ sentence) }}
{%- endmacro %}

{# The model that a relation is of; dbt calls one that is part of the query by a longer name. #}
{% macro name_of(relation) -%}
    {{ return(relation.identifier.removeprefix('__dbt__cte__')) }}
{%- endmacro %}

{# Columns or expressions as one text; null is said, not lost. #}
{% macro shown(expressions) -%}
    {%- for expression in expressions -%}
        coalesce(cast({{ expression }} as {{ dbt.type_string() }}), 'null'){{ " || ' ' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Keys that more than one row has. #}
{% macro twice(relation, sentence, columns) %}
    select {{ breaks(rule_named(relation, sentence), columns, ['count(*)']) }}
    from {{ relation }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endmacro %}

{# Rows that lack what they must have. #}
{% macro lacking(relation, sentence, required, columns) %}
    select {{ breaks(rule_named(relation, sentence), columns, required) }}
    from {{ relation }}
    where {{ required | join(' is null or ') }} is null
{% endmacro %}

{# No two rows of one key hold at the same moment. #}
{% macro overlapping(relation, sentence, spans) %}
    {%- set from_column, to_column = spans.get('from', 'known_from_at'), spans.get('to', 'known_to_at') %}
    {%- set window = 'partition by ' ~ (spans['of'] | join(', ')) ~ ' order by ' ~ from_column %}
    select {{ breaks(rule_named(relation, sentence), spans['of'], [from_column]) }}
    from {{ relation }}
    qualify lead({{ from_column }}) over ({{ window }}) < coalesce({{ to_column }}, {{ end_of_time() }})
{% endmacro %}

{# What a column names is there; where it is null it names nothing. #}
{% macro orphans(relation, sentence, column, parent, field, key) %}
    {%- set child_key = [] %}
    {%- for part in key %}{% do child_key.append('child.' ~ part) %}{% endfor %}
    select {{ breaks(rule_named(relation, sentence), child_key, ['child.' ~ column]) }}
    from {{ relation }} as child
    left join (select distinct {{ field }} as found from {{ parent }}) as parent on child.{{ column }} = parent.found
    where child.{{ column }} is not null and parent.found is null
{% endmacro %}

{# For every row of the parent the weights of the rows that name it sum to exactly 1. #}
{% macro weights_off(relation, sentence, shares) %}
    select {{ breaks(rule_named(relation, sentence), ['parent.' ~ shares.per], ['sum(child.' ~ shares.weight ~ ')']) }}
    from {{ shares.of }} as parent
    left join {{ relation }} as child on parent.{{ shares.per }} = child.{{ shares.per }}
    group by parent.{{ shares.per }}
    having coalesce(sum(child.{{ shares.weight }}), 0) <> 1
{% endmacro %}

{# Rows that break a condition, with the columns that it looks at; all conditions of a table are one scan. #}
{% macro broken_rows(relation, sentence, condition, key, node) %}
    {%- set looked_at = modules.re.findall('[a-z_0-9]+', condition) | select('in', node.columns) | unique | list %}
    select {{ breaks(rule_named(relation, sentence), key, looked_at) }}
    from broken_{{ relation.identifier }}
    where not coalesce({{ condition }}, false)
{% endmacro %}

{# The CTE of all rows that break a condition of their table. #}
{% macro broken(relation, conditions) -%}
    broken_{{ relation.identifier }} as (

        select *
        from {{ relation }}
        where
            {%- for condition in conditions.values() %}
            not coalesce({{ condition }}, false){{ ' or' if not loop.last }}
            {%- endfor %}

    )
{%- endmacro %}

{# --- what the manifest says of a table --- #}

{# The model that a relation is of, as the manifest has it. #}
{% macro model_of(relation) -%}
    {{ return(model_named(name_of(relation))) }}
{%- endmacro %}

{# The model of a name, by its id alone: looking through all nodes would write each of them out, for every test. #}
{% macro model_named(name) -%}
    {{ return(graph.nodes['model.' ~ project_name ~ '.' ~ name]) }}
{%- endmacro %}

{# By what a row is named in an answer: its grain, else the first column of its contract, which is its key. #}
{% macro key_of(node, declared) -%}
    {%- for columns in declared.get('one_row_per', {}).values() -%}
        {{ return(columns) }}
    {%- endfor -%}
    {{ return((node.columns | list)[:1]) }}
{%- endmacro %}

{# Constraints of a contract, those of a column as those of the table. #}
{% macro constraints_of(node) -%}
    {%- set found = [] -%}
    {%- for constraint in node.constraints -%}
        {%- do found.append(constraint) -%}
    {%- endfor -%}
    {%- for column in node.columns.values() -%}
        {%- for constraint in column.constraints -%}
            {%- do found.append(dict(constraint, columns=[column.name])) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# The foreign keys of a contract, as the rules that hold them. #}
{% macro foreign_keys_of(node) -%}
    {%- set found = [] -%}
    {%- for constraint in constraints_of(node) if constraint['type'] == 'foreign_key' -%}
        {%- set column = constraint['columns'][0] -%}
        {%- set parent = modules.re.findall('[a-z_0-9]+', constraint['to'])[-1] -%}
        {%- do found.append({
            'sentence': 'every_' ~ column.removesuffix('_key') ~ '_is_in_' ~ parent,
            'column': column,
            'parent': model_named(parent).relation_name,
            'field': constraint['to_columns'][0],
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Whether the candidate itself keeps a table to such a constraint of its contract. #}
{% macro is_enforced(node, kind, columns) -%}
    {%- for constraint in constraints_of(node) if constraint['type'] == kind and constraint['columns'] == columns -%}
        {{ return(node.contract.enforced and is_held_by_the_candidate(kind)) }}
    {%- endfor -%}
    {{ return(false) }}
{%- endmacro %}

{# The columns that a contract says are never null. #}
{% macro required_columns(node) -%}
    {%- set found = [] -%}
    {%- for constraint in constraints_of(node) if constraint['type'] == 'not_null' -%}
        {%- do found.append(constraint['columns'][0]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{# Those of them that the candidate itself keeps. #}
{% macro enforced_columns(node) -%}
    {{ return(required_columns(node) if node.contract.enforced and is_held_by_the_candidate('not_null') else []) }}
{%- endmacro %}

{# DuckDB refuses a null and a key that is there twice, in its own tables and in those that Spark hands back. #}
{% macro is_held_by_the_candidate(kind) -%}
    {{ return(kind in ('not_null', 'primary_key')) }}
{%- endmacro %}
