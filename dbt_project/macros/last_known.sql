{#
    Reference rows, each as last known: one a key. What a later folder no longer lists stays, so that
    the figures that named it keep their member.
#}
{% macro last_known(relation, key) -%}
    select *
    from {{ relation }}
    qualify row_number() over (partition by {{ key | join(', ') }} order by known_from_at desc) = 1
{%- endmacro %}
