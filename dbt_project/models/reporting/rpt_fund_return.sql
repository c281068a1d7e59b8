-- What the transformation fund gave to a project and what comes back (R28, R48), as at the latest open
-- period: the counted pounds of the lines that name the fund line, by the agreed share, in its window of years.
with

-- Without an open period nothing is reported, and there are no rows.
as_at as (

    select
        period_key,
        reporting_year,
        reporting_period
    from {{ ref('dim_reporting_period') }}
    where is_latest_period

),

fund_project as (

    select *
    from {{ ref('int_fund_project') }}

),

line as (

    select *
    from {{ ref('int_fund_line') }}

),

effect as (

    select
        line.fund_ref,
        line.project_ref,
        count(*) as line_count,
        sum({{ money('line.recurrent_effect_gbp * fund_project.share') }}) as recurrent_effect_gbp
    from line
    inner join fund_project
        on line.fund_ref = fund_project.fund_ref
        and line.project_ref = fund_project.project_ref
    group by line.fund_ref, line.project_ref

),

in_window as (

    select
        line.fund_ref,
        line.project_ref,
        allocation.bucket,
        {{ money('allocation.amount_gbp * fund_project.share') }} as share_gbp
    from line
    inner join fund_project
        on line.fund_ref = fund_project.fund_ref
        and line.project_ref = fund_project.project_ref
    inner join {{ ref('int_current_allocation') }} as allocation
        on line.saving_ref = allocation.saving_ref
        and line.plan_year = allocation.plan_year
        and line.period_key = allocation.period_key
    where coalesce(
        allocation.delivery_year_key between fund_project.window_from_key and fund_project.window_to_key,
        true
    )

),

returned as (

    select
        fund_ref,
        project_ref,
        sum(case when bucket = 'PROJECTED' then share_gbp else 0 end) as return_gbp,
        sum(case when bucket = 'DEFERRED' then share_gbp else 0 end) as deferred_return_gbp
    from in_window
    group by fund_ref, project_ref

),

funded as (

    select
        fund_project.*,
        {{ financial_year('fund_project.window_from_key') }} as window_from,
        {{ financial_year('fund_project.window_to_key') }} as window_to,
        coalesce(returned.return_gbp, 0) as return_gbp,
        coalesce(returned.deferred_return_gbp, 0) as deferred_return_gbp,
        coalesce(effect.recurrent_effect_gbp, 0) as recurrent_effect_gbp,
        greatest(coalesce(effect.recurrent_effect_gbp, 0) - fund_project.ongoing_cost_gbp, 0) as yearly_gain_gbp,
        coalesce(effect.line_count, 0) as line_count
    from fund_project
    left join returned
        on fund_project.fund_ref = returned.fund_ref
        and fund_project.project_ref = returned.project_ref
    left join effect
        on fund_project.fund_ref = effect.fund_ref
        and fund_project.project_ref = effect.project_ref

),

fund_return as (

    select
        *,
        {{ whole_quotient_up(pence('12 * committed_gbp'), pence('yearly_gain_gbp')) }} as payback_months
    from funded

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('fund_return', [
        'fund_return.fund_ref', 'fund_return.project_ref', 'fund_return.window_from', 'fund_return.window_to',
    ]) }} as fund_return_key,
    as_at.reporting_year,
    as_at.reporting_period,
    as_at.period_key,
    fund_return.fund_ref,
    fund_return.project_ref,
    project.project_name,
    project.directorate_code,
    fund_return.window_from,
    fund_return.window_to,
    fund_return.share,
    fund_return.is_enabling,
    {{ money('fund_return.approved_gbp') }} as approved_gbp,
    {{ money('fund_return.committed_gbp') }} as committed_gbp,
    {{ money('fund_return.drawn_gbp') }} as drawn_gbp,
    {{ money('fund_return.return_gbp') }} as return_gbp,
    {{ money('fund_return.deferred_return_gbp') }} as deferred_return_gbp,
    {{ ratio('fund_return.return_gbp', 'fund_return.committed_gbp') }} as gross_roi,
    {{ ratio('fund_return.return_gbp - fund_return.committed_gbp', 'fund_return.committed_gbp') }} as net_roi,
    {{ money('fund_return.recurrent_effect_gbp') }} as recurrent_effect_gbp,
    {{ money('fund_return.ongoing_cost_gbp') }} as ongoing_cost_gbp,
    -- A penny a year pays millions back in more months than there is a number for, which is never.
    case
        when fund_return.payback_months <= 2147483647 then cast(fund_return.payback_months as integer)
    end as payback_months,
    cast(fund_return.line_count as integer) as line_count
from fund_return
cross join as_at
left join {{ ref('dim_project') }} as project
    on fund_return.project_ref = project.project_ref
    and project.is_current
