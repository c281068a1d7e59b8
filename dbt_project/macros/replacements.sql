{#
    Every line that a row of a return replaces, directly or through other replacements, however many (F7): a query
    with columns submission_id, source_row and replaces_ref, and of the return period_key and accepted_at: whoever
    joined those afterwards would leave DuckDB to compare every row with every plan. DuckDB does not follow again what
    it has found; Spark has no such recursion, and remembers on each way what lies on it, so that a circle ends there
    too. Where many ways lead to the same line, Spark follows each.
#}
{% macro all_replaced(rows) -%}
    {{ return(adapter.dispatch('all_replaced', 'savings_warehouse')(rows)) }}
{%- endmacro %}

{% macro default__all_replaced(rows) -%}
    with recursive
    followed as (
        select
            submission_id,
            source_row,
            period_key,
            accepted_at,
            replaces_ref
        from {{ rows }}
        where replaces_ref is not null
        union distinct
        select
            followed.submission_id,
            followed.source_row,
            followed.period_key,
            followed.accepted_at,
            next_row.replaces_ref
        from followed
        inner join {{ rows }} as next_row
            on followed.submission_id = next_row.submission_id
            and followed.replaces_ref = next_row.saving_ref
        where next_row.replaces_ref is not null
    )
    select * from followed
{%- endmacro %}

{% macro spark__all_replaced(rows) -%}
    with recursive
    followed as (
        select
            submission_id,
            source_row,
            period_key,
            accepted_at,
            replaces_ref,
            '|' || replaces_ref || '|' as found_refs
        from {{ rows }}
        where replaces_ref is not null
        union all
        select
            followed.submission_id,
            followed.source_row,
            followed.period_key,
            followed.accepted_at,
            next_row.replaces_ref,
            followed.found_refs || next_row.replaces_ref || '|' as found_refs
        from followed
        inner join {{ rows }} as next_row
            on followed.submission_id = next_row.submission_id
            and followed.replaces_ref = next_row.saving_ref
        where
            next_row.replaces_ref is not null
            and instr(followed.found_refs, '|' || next_row.replaces_ref || '|') = 0
    )
    select distinct
        submission_id,
        source_row,
        period_key,
        accepted_at,
        replaces_ref
    from followed
{%- endmacro %}
