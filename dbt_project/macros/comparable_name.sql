{# A name as check D56 compares it: kinds of quotes and dashes, spaces, "&" and capitals make no difference. #}
{% macro comparable_name(name) -%}
    lower(replace(replace(
        translate({{ name }}, '’‘‚‛ʼ`´‐‑‒–—―−', {{ "'" ~ "''" * 7 ~ "-" * 7 ~ "'" }}), '&', 'and'
    ), ' ', ''))
{%- endmacro %}
