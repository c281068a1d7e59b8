-- K7: every registered row of a return in force is one current position of its period, and no line has two.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_position'}}}) }}

with

current_position as (

    select *
    from {{ ref('fct_savings_position') }}
    where is_current

),

twice as (

    select
        saving_line_key,
        period_key,
        count(*) as row_count
    from current_position
    group by saving_line_key, period_key
    having count(*) > 1

),

registered as (

    select
        {{ dimension_key('submission', ['line.submission_id']) }} as submission_key,
        line.source_row
    from {{ ref('int_line_in_force') }} as line
    inner join {{ ref('int_open_period') }} as open_period on line.period_key = open_period.period_key
    where line.known_to_at is null and open_period.known_to_at is null and not line.is_moved

),

own_position as (

    select
        submission_key,
        source_row
    from current_position
    where not is_carried_forward

)

select {{ breaks(
    'fct_savings_position__exactly_one_current_row_per_line_plan_year_and_period',
    ['saving_line_key', 'period_key'],
    ['row_count'],
) }}
from twice
union all
select {{ breaks(
    'fct_savings_position__exactly_one_current_row_per_line_plan_year_and_period',
    ['coalesce(registered.submission_key, own_position.submission_key)', 'coalesce(registered.source_row, own_position.source_row)'],
    ['own_position.source_row'],
) }}
from registered
full outer join own_position
    on registered.submission_key = own_position.submission_key
    and registered.source_row = own_position.source_row
where registered.submission_key is null or own_position.submission_key is null
