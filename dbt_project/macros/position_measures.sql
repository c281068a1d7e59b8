{# The amounts of a position that are compared between periods and between releases, in the order of the contract. #}
{% macro position_measures() -%}
    {{ return([
        'original_baseline_gbp',
        'baseline_gbp',
        'counted_projected_gbp',
        'achieved_to_date_gbp',
        'deferred_gbp',
        'decided_undeliverable_gbp',
        'unexplained_gbp',
        'over_achieved_gbp',
        'mitigated_gbp',
        'delivered_gbp',
    ]) }}
{%- endmacro %}
