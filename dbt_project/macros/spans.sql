{#
    Spans of knowledge: rows that hold while known_from_at <= t < known_to_at, where a null
    known_to_at means "still". Whatever depends on what was known when (R40) is made of these, so
    that "as known at t" is one condition on the result.

    Relations are named CTEs or refs; key and identity are lists of their columns. Each macro is a
    query to be put between brackets.
#}

{# Stands for "still" inside comparisons; never stored. #}
{% macro end_of_time() -%}
    timestamp '9999-12-31 00:00:00'
{%- endmacro %}

{# Join condition: every two of these relations hold at a common moment, and so all of them do. #}
{% macro overlap(relations) -%}
    {%- set conditions = [] -%}
    {%- for one in relations -%}
        {%- for other in relations if other != one -%}
            {%- do conditions.append(
                one ~ '.known_from_at < coalesce(' ~ other ~ '.known_to_at, ' ~ end_of_time() ~ ')'
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ conditions | join('\n and ') }}
{%- endmacro %}

{# The two columns of the span in which all of these relations hold. #}
{% macro common_span(relations) -%}
    greatest({% for one in relations %}{{ one }}.known_from_at{{ ', ' if not loop.last }}{% endfor %}) as known_from_at,
    nullif(
        least(
            {%- for one in relations %}
            coalesce({{ one }}.known_to_at, {{ end_of_time() }}){{ ',' if not loop.last }}
            {%- endfor %}
        ),
        {{ end_of_time() }}
    ) as known_to_at
{%- endmacro %}

{# Condition: two values are equal, or both null. #}
{% macro is_same(one, other) -%}
    coalesce({{ one }} = {{ other }}, {{ one }} is null and {{ other }} is null)
{%- endmacro %}

{# Condition: two relations are equal in these columns, none of which is null. #}
{% macro are_equal(one, other, columns) -%}
    {%- for column in columns -%}
    {{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{# Condition: the relation holds at that moment. #}
{% macro holds_at(relation, moment) -%}
    {{ relation }}.known_from_at <= {{ moment }}
    and {{ moment }} < coalesce({{ relation }}.known_to_at, {{ end_of_time() }})
{%- endmacro %}

{# Condition: the relation begins or ends to hold within a span. #}
{% macro holds_in_between(relation, span) -%}
    {{ overlap([relation, span]) }}
    and (
        {{ relation }}.known_from_at > {{ span }}.known_from_at
        or {{ relation }}.known_to_at < coalesce({{ span }}.known_to_at, {{ end_of_time() }})
    )
{%- endmacro %}

{#
    The pieces between the edges of these spans, by key: within a piece, the same of them hold. What
    holds in it is joined by holds_at. Without a key, all spans are cut at the same moments.
#}
{% macro pieces(spans, key=[]) -%}
    {%- set columns = (key | join(', ')) ~ (', ' if key else '') -%}
    select
        {{ columns }}edge_at as known_from_at,
        lead(edge_at) over ({% if key %}partition by {{ key | join(', ') }} {% endif %}order by edge_at) as known_to_at
    from (
        select {{ columns }}known_from_at as edge_at
        from {{ spans }}
        union
        select {{ columns }}known_to_at as edge_at
        from {{ spans }}
        where known_to_at is not null
    ) as edges
{%- endmacro %}

{#
    At every moment the first of the candidates that hold, by key: the spans of each key never
    overlap, and neighbours with the same identity are one span. Most keys have one candidate, which
    is the first as long as it holds; only those with more get sorted.
#}
{% macro first_standing(candidates, key, identity, first_by) -%}
    with contested as (

        select {{ key | join(', ') }}
        from {{ candidates }}
        group by {{ key | join(', ') }}
        having count(*) > 1

    ),

    rivals as (

        select candidate.*
        from {{ candidates }} as candidate
        inner join contested on {{ are_equal('candidate', 'contested', key) }}

    ),

    pieces as (

        {{ pieces('rivals', key) }}

    ),

    ranked as (

        select
            {% for column in key + identity %}
            candidate.{{ column }},
            {%- endfor %}
            piece.known_from_at,
            piece.known_to_at,
            row_number() over (
                partition by {% for column in key %}piece.{{ column }}, {% endfor %}piece.known_from_at
                order by {{ first_by }}
            ) as place
        from pieces as piece
        inner join rivals as candidate
            on {{ holds_at('candidate', 'piece.known_from_at') }}
            and {{ are_equal('piece', 'candidate', key) }}

    ),

    standing as (

        select {{ (key + identity) | join(', ') }}, known_from_at, known_to_at
        from ranked
        where place = 1
        union all
        select
            {% for column in key + identity %}
            candidate.{{ column }},
            {%- endfor %}
            candidate.known_from_at,
            candidate.known_to_at
        from {{ candidates }} as candidate
        left join contested on {{ are_equal('candidate', 'contested', key) }}
        where contested.{{ key[0] }} is null

    ),

    joined as (

        {{ joined_up('standing', key, identity) }}

    )

    select *
    from joined
{%- endmacro %}

{#
    Spans that do not overlap, where neighbours with the same identity become one span. Most have no such neighbour;
    only the keys in which one has are sorted.
#}
{% macro joined_up(spans, key, identity) -%}
    {%- set in_order = 'over (partition by ' ~ (key | join(', ')) ~ ' order by known_from_at)' -%}
    with continued as (

        select distinct
            {%- for column in key %}
            span.{{ column }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ spans }} as span
        inner join {{ spans }} as next_span
            on span.known_to_at = next_span.known_from_at
            and {{ are_equal('span', 'next_span', key) }}
            {%- for column in identity %}
            and {{ is_same('span.' ~ column, 'next_span.' ~ column) }}
            {%- endfor %}

    ),

    to_join as (

        select span.*
        from {{ spans }} as span
        inner join continued on {{ are_equal('span', 'continued', key) }}

    ),

    marked as (

        select
            *,
            case
                when
                    lag(known_to_at) {{ in_order }} = known_from_at
                    {%- for column in identity %}
                    and {{ is_same('lag(' ~ column ~ ') ' ~ in_order, column) }}
                    {%- endfor %}
                    then 0
                else 1
            end as is_new_span
        from to_join

    ),

    numbered as (

        select *, sum(is_new_span) {{ in_order }} as span_of_key
        from marked

    )

    select
        {% for column in key + identity %}
        span.{{ column }},
        {%- endfor %}
        span.known_from_at,
        span.known_to_at
    from {{ spans }} as span
    left join continued on {{ are_equal('span', 'continued', key) }}
    where continued.{{ key[0] }} is null
    union all
    select
        {% for column in key + identity %}
        {{ column }},
        {%- endfor %}
        min(known_from_at) as known_from_at,
        case when count(*) = count(known_to_at) then max(known_to_at) end as known_to_at
    from numbered
    group by {{ (key + identity) | join(', ') }}, span_of_key
{%- endmacro %}

{# The moments at which one of these relations begins or ends to hold, by key: what cut_up cuts at. #}
{% macro cuts(relations, key) -%}
    {%- for relation in relations %}
    {%- for edge in ['known_from_at', 'known_to_at'] %}
    select {{ key | join(', ') }}, {{ edge }} as cut_at
    from {{ relation }}
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#
    The rows of a relation, each span cut in pieces at those of the cuts (key, cut_at) that fall inside it. Most spans
    are not cut; only those that are get sorted.
#}
{% macro cut_up(spans, cuts, key, columns) -%}
    with cut_inside as (

        select
            {% for column in key %}
            span.{{ column }},
            {%- endfor %}
            span.known_from_at as span_from_at,
            cut.cut_at
        from {{ spans }} as span
        inner join {{ cuts }} as cut
            on cut.cut_at > span.known_from_at
            and cut.cut_at < coalesce(span.known_to_at, {{ end_of_time() }})
            and {{ are_equal('span', 'cut', key) }}

    ),

    edges as (

        select {{ key | join(', ') }}, span_from_at, cut_at as edge_at
        from cut_inside
        union
        select {{ key | join(', ') }}, span_from_at, span_from_at as edge_at
        from cut_inside

    ),

    pieces as (

        select
            *,
            lead(edge_at) over (
                partition by {{ key | join(', ') }}, span_from_at
                order by edge_at
            ) as next_edge_at
        from edges

    )

    select
        {% for column in key + columns %}
        span.{{ column }},
        {%- endfor %}
        coalesce(piece.edge_at, span.known_from_at) as known_from_at,
        coalesce(piece.next_edge_at, span.known_to_at) as known_to_at
    from {{ spans }} as span
    left join pieces as piece
        on span.known_from_at = piece.span_from_at
        and {{ are_equal('span', 'piece', key) }}
{%- endmacro %}

{# At every moment the sums of the rows that hold, by key: what comes in and goes out at each moment, added up. #}
{% macro running_totals(spans, key, amounts) -%}
    with movements as (

        select
            {{ key | join(', ') }},
            known_from_at as moved_at
            {%- for amount in amounts %},
            {{ amount }}
            {%- endfor %}
        from {{ spans }}
        union all
        select
            {{ key | join(', ') }},
            known_to_at as moved_at
            {%- for amount in amounts %},
            -{{ amount }} as {{ amount }}
            {%- endfor %}
        from {{ spans }}
        where known_to_at is not null

    ),

    by_moment as (

        select
            {{ key | join(', ') }},
            moved_at
            {%- for amount in amounts %},
            sum({{ amount }}) as {{ amount }}
            {%- endfor %}
        from movements
        group by {{ key | join(', ') }}, moved_at

    ),

    totals as (

        select
            {{ key | join(', ') }},
            {%- for amount in amounts %}
            sum({{ amount }}) over so_far as {{ amount }},
            {%- endfor %}
            moved_at as known_from_at,
            lead(moved_at) over so_far as known_to_at
        from by_moment
        window so_far as (
            partition by {{ key | join(', ') }}
            order by moved_at
        )

    ),

    joined as (

        {{ joined_up('totals', key, amounts) }}

    )

    select *
    from joined
{%- endmacro %}
