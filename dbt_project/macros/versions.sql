{#
    Type 2 versions by effective date: from states (key, attributes, effective_date), one a key and
    date, to one row for each run of equal attributes. valid_from and valid_to are the first and last
    day of a version; applies_from and applies_before cover every day, before the first version and
    across gaps too, so that a fact always finds exactly one.
#}
{% macro versions(states, key, attributes) -%}
    {%- set in_order = 'over (partition by ' ~ (key | join(', ')) ~ ' order by effective_date)' -%}
    with days as (

        select
            {{ key | join(', ') }},
            effective_date,
            lag(effective_date) {{ in_order }} as previous_date
        from {{ states }}

    ),

    changed as (

        select state.*
        from {{ states }} as state
        inner join days
            on state.effective_date = days.effective_date
            and {{ are_equal('state', 'days', key) }}
        left join {{ states }} as previous
            on days.previous_date = previous.effective_date
            and {{ are_equal('days', 'previous', key) }}
        where
            days.previous_date is null
            {%- for column in attributes %}
            or not {{ is_same('previous.' ~ column, 'state.' ~ column) }}
            {%- endfor %}

    )

    select
        {% for column in key + attributes %}
        {{ column }},
        {%- endfor %}
        effective_date as valid_from,
        {{ days_after('lead(effective_date) ' ~ in_order, -1) }} as valid_to,
        {{ applicability(key, 'effective_date') }}
    from changed
{%- endmacro %}

{# From the first day of a version up to that of the next; the first one applies to all days before it too. #}
{% macro applicability(key, first_day) -%}
    {%- set in_order = 'over (partition by ' ~ (key | join(', ')) ~ ' order by ' ~ first_day ~ ')' -%}
    case when row_number() {{ in_order }} = 1 then date '0001-01-01' else {{ first_day }} end as applies_from,
        coalesce(lead({{ first_day }}) {{ in_order }}, date '9999-12-31') as applies_before
{%- endmacro %}

{# Condition: that version of a dimension's row applies on that day. #}
{% macro applies_on(version, day) -%}
    {{ version }}.applies_from <= {{ day }} and {{ day }} < {{ version }}.applies_before
{%- endmacro %}

{# Condition: that version of a dimension's row holds on that day, which is neither before its first nor after its last. #}
{% macro holds_on(version, day) -%}
    {{ version }}.valid_from <= {{ day }} and coalesce({{ version }}.valid_to >= {{ day }}, true)
{%- endmacro %}
