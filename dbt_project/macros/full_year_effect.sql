{# Full-year effect of a line as far as it counts: of an over-achiever in the proportion counted / projected (R03, R44). #}
{% macro counted_full_year_effect(position) -%}
    case
        when {{ position }}.over_achieved_gbp > 0
            then {{ part_of(
                position ~ '.full_year_effect_gbp', position ~ '.counted_projected_gbp', position ~ '.projected_gbp'
            ) }}
        else {{ position }}.full_year_effect_gbp
    end
{%- endmacro %}
