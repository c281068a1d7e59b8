{# Pounds to the penny, half up. Once a column, in a model's last step: sums and differences widen decimals. #}
{% macro money(amount) -%}
    cast({{ amount }} as decimal(14, 2))
{%- endmacro %}
