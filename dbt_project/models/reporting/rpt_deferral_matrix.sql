-- What is deferred, from the year in which it was budgeted to the year in which it is now to be
-- delivered (P4): a pound moves and is never copied (R05), and its origin never changes (R06).
with

lines as (

    select
        saving_line_key,
        period_key,
        times_deferred
    from {{ ref('fct_savings_position') }}
    where is_current

),

deferred as (

    select
        allocation.period_key,
        allocation.plan_year_key,
        allocation.delivery_year_key,
        directorate.directorate_code,
        directorate.directorate_name,
        allocation.saving_line_key,
        lines.times_deferred,
        allocation.amount_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join {{ ref('dim_directorate') }} as directorate on allocation.directorate_key = directorate.directorate_key
    inner join lines
        on allocation.saving_line_key = lines.saving_line_key
        and allocation.period_key = lines.period_key
    where allocation.is_current and allocation.is_cashable and allocation.bucket = 'DEFERRED'

),

matrix as (

    select
        period_key,
        plan_year_key,
        delivery_year_key,
        directorate_code,
        directorate_name,
        sum(amount_gbp) as amount_gbp,
        count(distinct saving_line_key) as line_count,
        count(distinct case when times_deferred > 1 then saving_line_key end) as deferred_twice_count
    from deferred
    group by period_key, plan_year_key, delivery_year_key, directorate_code, directorate_name

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('deferral_matrix', [
        'matrix.period_key', 'matrix.plan_year_key', 'matrix.delivery_year_key', 'matrix.directorate_code'
    ]) }} as deferral_matrix_key,
    period.reporting_year,
    period.reporting_period,
    matrix.period_key,
    plan_year.financial_year as plan_year,
    delivery_year.financial_year as delivery_year,
    matrix.directorate_code,
    matrix.directorate_name,
    {{ money('matrix.amount_gbp') }} as amount_gbp,
    cast(matrix.line_count as integer) as line_count,
    cast(matrix.deferred_twice_count as integer) as deferred_twice_count,
    period.is_latest_period,
    period.is_latest_complete_period
from matrix
inner join {{ ref('dim_reporting_period') }} as period on matrix.period_key = period.period_key
inner join {{ ref('dim_financial_year') }} as plan_year on matrix.plan_year_key = plan_year.financial_year_key
inner join {{ ref('dim_financial_year') }} as delivery_year
    on matrix.delivery_year_key = delivery_year.financial_year_key
