-- In which years a line's counted projection is delivered (R37): by the end of each earlier year its
-- close, by the end of the year that the row reports all of it; each year has the difference. Before
-- its plan year all of it is delivered in the plan year.
with

position as (

    select
        *,
        {{ financial_year_key('cast(source_period_key as ' ~ dbt.type_string() ~ ')') }} as source_year_key
    from {{ ref('int_position') }}
    where not is_replacement

),

close as (

    select *
    from {{ ref('int_year_close') }}

),

delivered_by as (

    select
        position.saving_ref,
        position.plan_year,
        position.period_key,
        position.submission_id,
        position.span_no,
        position.source_row,
        close.closed_year_key as delivery_year_key,
        close.counted_projected_gbp as delivered_by_then_gbp
    from position
    inner join close
        on position.saving_ref = close.saving_ref
        and position.plan_year = close.plan_year
        and position.source_year_key > close.closed_year_key
    union all
    select
        saving_ref,
        plan_year,
        period_key,
        submission_id,
        span_no,
        source_row,
        greatest(source_year_key, plan_year_key) as delivery_year_key,
        counted_projected_gbp as delivered_by_then_gbp
    from position

)

select
    saving_ref,
    plan_year,
    period_key,
    submission_id,
    span_no,
    source_row,
    delivery_year_key,
    {{ money(
        'delivered_by_then_gbp - coalesce(lag(delivered_by_then_gbp) over ('
        'partition by saving_ref, plan_year, period_key, submission_id, span_no order by delivery_year_key), 0)'
    ) }} as amount_gbp
from delivered_by
