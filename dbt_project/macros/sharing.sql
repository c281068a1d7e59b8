{#
    Each row's amount_gbp divided by weight over codes, to the penny by largest remainder, ties by code,
    each row by itself and a negative amount by its absolute value (R41). The parts are a relation of
    one row a row and code; row is the list of its columns that name a row, whose weights sum to 1. The
    result is a query, to be put between brackets: the parts with pence added and their share_gbp.
#}
{% macro shared_to_the_penny(parts, row, code) -%}
    {%- set over_row = 'over (partition by ' ~ (row | join(', ')) -%}
    select
        *,
        {{ pounds('sign(amount_pence) * (whole_pence + case when place <= pence_left then 1 else 0 end)') }}
            as share_gbp
    from (
        select
            *,
            abs(amount_pence) - sum(whole_pence) {{ over_row }}) as pence_left,
            row_number() {{ over_row }} order by exact_pence - whole_pence desc, {{ code }}) as place
        from (
            select
                *,
                {{ pence('amount_gbp') }} as amount_pence,
                abs({{ pence('amount_gbp') }}) * weight as exact_pence,
                floor(abs({{ pence('amount_gbp') }}) * weight) as whole_pence
            from {{ parts }}
        ) as in_pence
    ) as in_order
{%- endmacro %}
