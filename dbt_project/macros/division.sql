{#
    Exact division: in whole numbers, since dividing decimals gives a double in one engine and a
    decimal in another. Rounded half up, away from zero; null where the divisor is 0.
#}

{# numerator / denominator, pounds both, the denominator never negative: a ratio with six decimal places. #}
{% macro ratio(numerator, denominator) -%}
    cast(
        cast({{ whole_quotient(pence(numerator), '1000000', pence(denominator)) }} as decimal(18, 0))
        * cast(0.000001 as decimal(6, 6)) as decimal(18, 6)
    )
{%- endmacro %}

{# amount × part / whole, pounds all three and none negative: to the penny. #}
{% macro part_of(amount, part, whole) -%}
    {{ pounds(whole_quotient(pence(amount), pence(part), pence(whole))) }}
{%- endmacro %}

{#
    amount × a ratio with six decimal places, to the penny, and no more than most: a ratio over a few pounds takes an
    amount beyond every number, so it is looked at first. In pence, for of a sum Spark would round a product of decimals
    twice; that one is only compared.
#}
{% macro times_ratio(amount, ratio, most) -%}
    {%- set exact = 'cast(' ~ ratio ~ ' as decimal(38, 6))' -%}
    case
        when {{ amount }} * {{ exact }} >= {{ most }} then {{ money(most) }}
        else {{ pounds(whole_quotient(pence(amount), 'cast(' ~ exact ~ ' * 1000000 as bigint)', '1000000')) }}
    end
{%- endmacro %}

{# A whole number of pence of an amount of pounds. #}
{% macro pence(amount) -%}
    cast(({{ amount }}) * 100 as bigint)
{%- endmacro %}

{# The pounds of a whole number of pence. #}
{% macro pounds(pence) -%}
    cast(cast({{ pence }} as decimal(18, 0)) * cast(0.01 as decimal(2, 2)) as decimal(14, 2))
{%- endmacro %}

{# factor × other / divisor in whole numbers; only the first factor may be negative. #}
{% macro whole_quotient(factor, other, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient', 'savings_warehouse')(factor, other, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient(factor, other, divisor) -%}
    sign({{ factor }}) * (
        (2 * abs(cast({{ factor }} as hugeint)) * {{ other }} + {{ divisor }})
        // (2 * nullif(cast({{ divisor }} as hugeint), 0))
    )
{%- endmacro %}

{% macro spark__whole_quotient(factor, other, divisor) -%}
    cast(sign({{ factor }}) as bigint) * (
        (2 * abs(cast({{ factor }} as decimal(38, 0))) * {{ other }} + {{ divisor }})
        div (2 * nullif(cast({{ divisor }} as decimal(38, 0)), 0))
    )
{%- endmacro %}

{# dividend / divisor in whole numbers, neither negative, rounded up. #}
{% macro whole_quotient_up(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_quotient_up', 'savings_warehouse')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_quotient_up(dividend, divisor) -%}
    ({{ dividend }} + {{ divisor }} - 1) // nullif({{ divisor }}, 0)
{%- endmacro %}

{% macro spark__whole_quotient_up(dividend, divisor) -%}
    ({{ dividend }} + {{ divisor }} - 1) div nullif({{ divisor }}, 0)
{%- endmacro %}
