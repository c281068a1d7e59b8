-- No line is lost or doubled: lines and pounds of a directorate's period are those of its positions, now and before.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_rag_summary'}}}) }}

with

shown as (

    select
        directorate_code,
        period_key,
        previous_period_key,
        sum(line_count) as line_count,
        sum(amount_gbp) as amount_gbp,
        sum(previous_line_count) as previous_line_count,
        sum(previous_amount_gbp) as previous_amount_gbp
    from {{ ref('rpt_rag_summary') }}
    group by directorate_code, period_key, previous_period_key

),

positions as (

    select
        directorate.directorate_code,
        line.period_key,
        count(*) as line_count,
        sum(line.baseline_gbp) as amount_gbp
    from {{ ref('fct_savings_position') }} as line
    inner join {{ ref('dim_directorate') }} as directorate on line.directorate_key = directorate.directorate_key
    where line.is_current and line.is_cashable
    group by directorate.directorate_code, line.period_key

)

select {{ breaks(
    'rpt_rag_summary__holds_every_line_of_its_period_and_of_the_one_before',
    ["coalesce(shown.directorate_code, now_there.directorate_code)", "coalesce(shown.period_key, now_there.period_key)"],
    ['shown.line_count', 'now_there.line_count', 'shown.previous_line_count', 'before.line_count'],
) }}
from shown
full outer join positions as now_there
    on shown.directorate_code = now_there.directorate_code
    and shown.period_key = now_there.period_key
left join positions as before
    on shown.directorate_code = before.directorate_code
    and shown.previous_period_key = before.period_key
where
    coalesce(shown.line_count, 0) <> coalesce(now_there.line_count, 0)
    or coalesce(shown.amount_gbp, 0) <> coalesce(now_there.amount_gbp, 0)
    or coalesce(shown.previous_line_count, 0) <> coalesce(before.line_count, 0)
    or coalesce(shown.previous_amount_gbp, 0) <> coalesce(before.amount_gbp, 0)
