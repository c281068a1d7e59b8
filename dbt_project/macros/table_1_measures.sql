{# The money columns of rpt_cabinet_table_1, in their order: what a claim may be compared with (R50). #}
{% macro table_1_measures() -%}
    {{ return([
        'original_baseline_gbp',
        'baseline_gbp',
        'projected_gbp',
        'deferred_gbp',
        'undeliverable_gbp',
        'unexplained_gbp',
        'not_reported_gbp',
        'over_achieved_gbp',
        'mitigated_gbp',
        'brought_forward_gbp',
    ]) }}
{%- endmacro %}
