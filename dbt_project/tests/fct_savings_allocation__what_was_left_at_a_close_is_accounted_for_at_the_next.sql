-- K5: line by line, what was left at the close of a year, plus the change of baseline since, is at the next
-- close either delivered in that year or left again: deferred, undeliverable or unexplained.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_allocation'}}}) }}

with

own_position as (

    select
        position.*,
        saving_line.saving_ref
    from {{ ref('fct_savings_position') }} as position
    inner join {{ ref('dim_saving_line') }} as saving_line on position.saving_line_key = saving_line.saving_line_key
    where
        position.is_current
        and coalesce(position.carried_from_period_key, position.period_key) = position.period_key
        and position.plan_year_key <= position.reporting_year_key

),

close as (

    select
        *,
        deferred_gbp + decided_undeliverable_gbp + unexplained_gbp as left_gbp
    from own_position
    qualify row_number() over (
        partition by saving_ref, plan_year_key, reporting_year_key
        order by period_key desc
    ) = 1

),

carried_over as (

    select
        saving_line_key,
        period_key,
        reporting_year_key,
        lag(left_gbp) over in_order + baseline_gbp - lag(baseline_gbp) over in_order as to_account_for_gbp
    from close
    window in_order as (
        partition by saving_ref, plan_year_key
        order by reporting_year_key
    )

),

accounted_for as (

    select
        carried_over.saving_line_key,
        carried_over.period_key,
        carried_over.to_account_for_gbp,
        coalesce(sum(allocation.amount_gbp), 0) as accounted_for_gbp
    from carried_over
    left join {{ ref('fct_savings_allocation') }} as allocation
        on carried_over.saving_line_key = allocation.saving_line_key
        and carried_over.period_key = allocation.period_key
        and allocation.is_current
        and (
            allocation.bucket <> 'PROJECTED'
            or carried_over.reporting_year_key = allocation.delivery_year_key
        )
    where carried_over.to_account_for_gbp is not null
    group by carried_over.saving_line_key, carried_over.period_key, carried_over.to_account_for_gbp

)

select *
from accounted_for
where accounted_for_gbp <> to_account_for_gbp
