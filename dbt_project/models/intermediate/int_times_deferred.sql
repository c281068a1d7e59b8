-- How often a line was deferred (R49), from one period up to another: 1 with its first deferral, and
-- 1 more for each later period in force, its own, in which its latest delivery year moved further out.
with

split_deferral as (

    select
        submission_id,
        saving_ref,
        plan_year,
        max(deferred_to_year_key) as latest_year_key
    from {{ ref('stg_raw__deferral') }}
    group by submission_id, saving_ref, plan_year

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}
    where deferred_gbp > 0

),

deferred as (

    select
        line_in_force.saving_ref,
        line_in_force.plan_year,
        line_in_force.period_key,
        line_in_force.known_from_at,
        line_in_force.known_to_at,
        coalesce(line.deferred_to_year_key, split_deferral.latest_year_key) as latest_year_key
    from {{ ref('int_line_in_force') }} as line_in_force
    inner join line
        on line_in_force.submission_id = line.submission_id
        and line_in_force.source_row = line.source_row
    left join split_deferral
        on line.submission_id = split_deferral.submission_id
        and line.saving_ref = split_deferral.saving_ref
        and line.plan_year = split_deferral.plan_year

),

pieces as (

    {{ pieces('deferred', key=['saving_ref', 'plan_year']) }}

),

movements as (

    select
        deferred.saving_ref,
        deferred.plan_year,
        deferred.period_key,
        pieces.known_from_at,
        pieces.known_to_at,
        lead(deferred.period_key) over in_order as next_period_key,
        case when deferred.latest_year_key > lag(deferred.latest_year_key) over in_order then 1 else 0 end
            as is_further_out
    from pieces
    inner join deferred
        on pieces.saving_ref = deferred.saving_ref
        and pieces.plan_year = deferred.plan_year
        and {{ holds_at('deferred', 'pieces.known_from_at') }}
    window in_order as (
        partition by deferred.saving_ref, deferred.plan_year, pieces.known_from_at
        order by deferred.period_key
    )

),

counted as (

    select
        saving_ref,
        plan_year,
        period_key as from_period_key,
        next_period_key as before_period_key,
        cast(1 + sum(is_further_out) over (
            partition by saving_ref, plan_year, known_from_at
            order by period_key
            rows between unbounded preceding and current row
        ) as integer) as times_deferred,
        known_from_at,
        known_to_at
    from movements

),

joined as (

    {{ joined_up(
        'counted',
        key=['saving_ref', 'plan_year', 'from_period_key'],
        identity=['before_period_key', 'times_deferred'],
    ) }}

)

select *
from joined
