-- What the transformation fund gave to a project and what comes back (R28, R48), as at the latest open
-- period: the counted pounds of the lines that name the fund line, by the agreed share, in its window of years.
with

latest_open as (

    select *
    from {{ ref('int_latest_period') }}

),

-- Without an open period nothing is reported, and there are no rows.
as_at as (

    select
        period.period_key,
        period.reporting_year,
        period.reporting_period
    from {{ ref('dim_reporting_period') }} as period
    inner join latest_open on period.period_key = latest_open.period_key

),

fund as (

    select *
    from {{ ref('stg_reference__fund') }}
    where known_to_at is null

),

fund_window as (

    select
        fund_ref,
        min(window_from_key) as window_from_key,
        max(window_to_key) as window_to_key
    from fund
    group by fund_ref

),

-- Every directorate whose lines name a fund line lists it (D16); of one project its own directorate's row
-- says it, as for the project itself (R57).
investment as (

    select
        investment.fund_ref,
        project.project_ref,
        investment.approved_gbp,
        investment.committed_gbp,
        investment.drawn_gbp,
        investment.ongoing_cost_gbp,
        investment.is_enabling
    from {{ ref('fct_investment') }} as investment
    inner join {{ ref('dim_project') }} as project on investment.project_key = project.project_key
    inner join {{ ref('dim_directorate') }} as directorate on investment.directorate_key = directorate.directorate_key
    where investment.is_latest_period
    qualify row_number() over (
        partition by investment.fund_ref, project.project_ref
        order by
            case when project.directorate_code = directorate.directorate_code then 1 else 2 end,
            directorate.directorate_code
    ) = 1

),

-- Replacements stand outside the baseline, so no pound of theirs counts (R35).
line as (

    select
        position.fund_ref,
        project.project_ref,
        case when saving_line.recurrence = 'Recurrent' then {{ counted_full_year_effect('position') }} end
            as recurrent_effect_gbp
    from {{ ref('fct_savings_position') }} as position
    inner join {{ ref('dim_saving_line') }} as saving_line on position.saving_line_key = saving_line.saving_line_key
    inner join {{ ref('dim_project') }} as project on position.project_key = project.project_key
    where
        position.is_latest_period
        and position.is_cashable
        and position.fund_ref is not null
        and saving_line.replaces_ref is null

),

allocation as (

    select
        allocation.fund_ref,
        project.project_ref,
        allocation.bucket,
        allocation.delivery_year_key,
        allocation.amount_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join {{ ref('dim_project') }} as project on allocation.project_key = project.project_key
    where
        allocation.is_latest_period
        and allocation.is_cashable
        and allocation.fund_ref is not null
        and allocation.bucket in ('PROJECTED', 'DEFERRED')

),

-- What a fund line gave stands under the project that it pays for; under others there is nothing, known to be so.
reported as (

    select distinct
        fund_ref,
        cast(0 as decimal(14, 2)) as none_gbp
    from investment

),

named as (

    select
        fund_ref,
        project_ref
    from fund
    union
    select
        fund_ref,
        project_ref
    from investment
    union
    select
        fund_ref,
        project_ref
    from line

),

-- Where no share is agreed a line counts whole. The window of a project that the list does not name is that of
-- the fund line; a fund line that is in no list has none, and every year counts.
fund_project as (

    select
        named.fund_ref,
        named.project_ref,
        investment.is_enabling,
        cast(coalesce(fund.share, 1) as decimal(9, 6)) as share,
        coalesce(fund.window_from_key, fund_window.window_from_key) as window_from_key,
        coalesce(fund.window_to_key, fund_window.window_to_key) as window_to_key,
        coalesce(fund.approved_gbp, investment.approved_gbp, reported.none_gbp) as approved_gbp,
        coalesce(investment.committed_gbp, reported.none_gbp) as committed_gbp,
        coalesce(investment.drawn_gbp, reported.none_gbp) as drawn_gbp,
        coalesce(investment.ongoing_cost_gbp, 0) as ongoing_cost_gbp
    from named
    left join fund
        on named.fund_ref = fund.fund_ref
        and named.project_ref = fund.project_ref
    left join fund_window on named.fund_ref = fund_window.fund_ref
    left join investment
        on named.fund_ref = investment.fund_ref
        and named.project_ref = investment.project_ref
    left join reported on named.fund_ref = reported.fund_ref

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
        allocation.fund_ref,
        allocation.project_ref,
        allocation.bucket,
        {{ money('allocation.amount_gbp * fund_project.share') }} as share_gbp
    from allocation
    inner join fund_project
        on allocation.fund_ref = fund_project.fund_ref
        and allocation.project_ref = fund_project.project_ref
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

fund_return as (

    select
        fund_project.fund_ref,
        fund_project.project_ref,
        fund_project.share,
        {{ financial_year('fund_project.window_from_key') }} as window_from,
        {{ financial_year('fund_project.window_to_key') }} as window_to,
        fund_project.approved_gbp,
        fund_project.committed_gbp,
        fund_project.drawn_gbp,
        fund_project.ongoing_cost_gbp,
        fund_project.is_enabling,
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
    cast(
        {{ whole_quotient_up(pence('12 * fund_return.committed_gbp'), pence('fund_return.yearly_gain_gbp')) }}
        as integer
    ) as payback_months,
    cast(fund_return.line_count as integer) as line_count
from fund_return
cross join as_at
left join {{ ref('dim_project') }} as project
    on fund_return.project_ref = project.project_ref
    and project.is_current
