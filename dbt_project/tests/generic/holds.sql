{# The rules of one published table, all in one query (macros/rules.sql): a row for each row that breaks one. #}
{% test holds(model, one_row_per={}, spans={}, is_in={}, weights={}, members={}, every_row={}) %}
{%- if execute %}
{{ query_of_rules([(model, {
    'one_row_per': one_row_per,
    'spans': spans,
    'is_in': is_in,
    'weights': weights,
    'members': members,
    'every_row': every_row,
})]) }}
{%- endif %}
{% endtest %}
