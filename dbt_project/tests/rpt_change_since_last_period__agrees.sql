-- Every penny has a cause: what changed comes to the difference of a directorate's positions in two open periods.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_change_since_last_period'}}}) }}

with

open_period as (

    select
        period_key,
        lag(period_key) over (order by period_key) as previous_period_key
    from {{ ref('int_open_period') }}
    where known_to_at is null

),

position as (

    select
        directorate.directorate_code,
        line.period_key,
        sum(line.baseline_gbp) as baseline_gbp,
        sum(line.counted_projected_gbp) as counted_projected_gbp,
        sum(line.deferred_gbp) as deferred_gbp,
        sum(line.unexplained_gbp) as unexplained_gbp
    from {{ ref('fct_savings_position') }} as line
    inner join {{ ref('dim_directorate') }} as directorate on line.directorate_key = directorate.directorate_key
    where line.is_current
    group by directorate.directorate_code, line.period_key

),

amount as (

    {% for measure in ['baseline_gbp', 'counted_projected_gbp', 'deferred_gbp', 'unexplained_gbp'] -%}
    select
        directorate_code,
        period_key,
        '{{ measure }}' as measure,
        {{ measure }} as amount_gbp
    from position
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

difference as (

    select
        amount.directorate_code,
        open_period.period_key,
        amount.measure,
        sum(
            case when amount.period_key = open_period.period_key then amount.amount_gbp else -amount.amount_gbp end
        ) as difference_gbp
    from open_period
    inner join amount on amount.period_key in (open_period.period_key, open_period.previous_period_key)
    where open_period.previous_period_key is not null
    group by amount.directorate_code, open_period.period_key, amount.measure

),

changed as (

    select
        change.directorate_code,
        open_period.period_key,
        change.measure,
        sum(change.difference_gbp) as difference_gbp
    from {{ ref('rpt_change_since_last_period') }} as change
    inner join open_period on open_period.period_key between change.from_period_key and change.to_period_key
    group by change.directorate_code, open_period.period_key, change.measure

)

select {{ breaks(
    'rpt_change_since_last_period__comes_to_the_difference_of_two_periods',
    ['difference.directorate_code', 'difference.period_key', 'difference.measure'],
    ['difference.difference_gbp', 'changed.difference_gbp'],
) }}
from difference
left join changed
    on difference.directorate_code = changed.directorate_code
    and difference.period_key = changed.period_key
    and difference.measure = changed.measure
where difference.difference_gbp <> coalesce(changed.difference_gbp, 0)
