-- K9: the return of a fund line is that of the lines tagged to its projects, each by its agreed share and in its
-- window (R28, R48); no tagged line is left out and none counts twice.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_fund_return'}}}) }}

with

fund as (

    select *
    from {{ ref('stg_reference__fund') }}
    where known_to_at is null

),

fund_window as (

    select
        fund_ref,
        min(window_from_key) as from_key,
        max(window_to_key) as to_key
    from fund
    group by fund_ref

),

tagged as (

    select
        allocation.fund_ref,
        project.project_ref,
        {{ money('allocation.amount_gbp * coalesce(fund.share, 1)') }} as amount_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join {{ ref('dim_project') }} as project on allocation.project_key = project.project_key
    left join fund
        on allocation.fund_ref = fund.fund_ref
        and project.project_ref = fund.project_ref
    left join fund_window on allocation.fund_ref = fund_window.fund_ref
    where
        allocation.is_latest_period
        and allocation.is_cashable
        and allocation.fund_ref is not null
        and allocation.bucket = 'PROJECTED'
        and allocation.delivery_year_key >= coalesce(fund.window_from_key, fund_window.from_key, 0)
        and allocation.delivery_year_key <= coalesce(fund.window_to_key, fund_window.to_key, 9999)

),

both_sides as (

    select
        fund_ref,
        project_ref,
        return_gbp
    from {{ ref('rpt_fund_return') }}
    union all
    select
        fund_ref,
        project_ref,
        -amount_gbp as return_gbp
    from tagged

)

select {{ breaks(
    'rpt_fund_return__is_the_sum_of_the_lines_that_name_the_fund',
    ['fund_ref', 'project_ref'],
    ['sum(return_gbp)'],
) }}
from both_sides
group by fund_ref, project_ref
having sum(return_gbp) <> 0
