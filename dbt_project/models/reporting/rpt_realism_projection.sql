-- What an open plan year's projection comes to if the directorate is as far out as it was in earlier years (P6):
-- projection × outturn / forecast of its closed years at the same period, all years together, and for the
-- range the year that fell furthest short and the one that did best.
with

directorates as (

    select
        directorate_key,
        directorate_code,
        directorate_name
    from {{ ref('dim_directorate') }}

),

reported as (

    select
        directorates.directorate_code,
        directorates.directorate_name,
        line.plan_year_key,
        line.period_key,
        sum(line.baseline_gbp) as baseline_gbp,
        sum(line.counted_projected_gbp) as projected_gbp,
        bool_or(line.is_carried_forward) as is_carried_forward
    from {{ ref('fct_savings_position') }} as line
    inner join directorates on line.directorate_key = directorates.directorate_key
    where line.is_current and line.is_cashable and line.plan_year_key = line.reporting_year_key
    group by directorates.directorate_code, directorates.directorate_name, line.plan_year_key, line.period_key

),

-- A plan year is open until its P13 is; it is looked at in its own latest period.
latest as (

    select
        plan_year_key,
        max(period_key) as period_key
    from reported
    group by plan_year_key
    having max(period_key) < plan_year_key * 100 + 13

),

open_year as (

    select
        reported.*,
        plan_year.financial_year as plan_year,
        period.reporting_period
    from reported
    inner join latest
        on reported.plan_year_key = latest.plan_year_key
        and reported.period_key = latest.period_key
    inner join {{ ref('dim_financial_year') }} as plan_year on reported.plan_year_key = plan_year.financial_year_key
    inner join {{ ref('dim_reporting_period') }} as period on reported.period_key = period.period_key

),

-- A year in which nothing was forecast says nothing of how much of a forecast comes true.
closed_year as (

    select
        directorate_code,
        plan_year,
        forecast_period,
        forecast_gbp,
        outturn_gbp,
        line_count,
        {{ ratio('outturn_gbp', 'forecast_gbp') }} as outturn_rate
    from {{ ref('rpt_forecast_accuracy') }}
    where forecast_gbp > 0

),

experience as (

    select
        open_year.plan_year_key,
        open_year.directorate_code,
        count(*) as closed_year_count,
        sum(closed_year.line_count) as line_count,
        sum(closed_year.forecast_gbp) as closed_forecast_gbp,
        sum(closed_year.outturn_gbp) as closed_outturn_gbp,
        min(closed_year.outturn_rate) as outturn_rate_low,
        max(closed_year.outturn_rate) as outturn_rate_high,
        {{ in_a_row('closed_year.plan_year', ', ') }} as closed_years
    from open_year
    inner join closed_year
        on open_year.directorate_code = closed_year.directorate_code
        and open_year.reporting_period = closed_year.forecast_period
        and open_year.plan_year > closed_year.plan_year
    group by open_year.plan_year_key, open_year.directorate_code

),

with_rate as (

    select
        *,
        {{ ratio('closed_outturn_gbp', 'closed_forecast_gbp') }} as outturn_rate
    from experience

)

-- No line counts above its baseline (R03), so no adjustment does either. The columns stand in the order of the
-- contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('realism_projection', ['open_year.plan_year', 'open_year.directorate_code']) }}
        as realism_projection_key,
    open_year.plan_year,
    open_year.reporting_period,
    open_year.period_key,
    open_year.directorate_code,
    open_year.directorate_name,
    {{ money('open_year.baseline_gbp') }} as baseline_gbp,
    {{ money('open_year.projected_gbp') }} as projected_gbp,
    {%- for suffix in ('_low', '', '_high') %}
    {{ times_ratio(
        'open_year.projected_gbp', 'with_rate.outturn_rate' ~ suffix, 'open_year.baseline_gbp'
    ) }} as adjusted{{ suffix }}_gbp,
    {%- endfor %}
    with_rate.outturn_rate_low,
    with_rate.outturn_rate,
    with_rate.outturn_rate_high,
    {{ money('with_rate.closed_forecast_gbp') }} as closed_forecast_gbp,
    {{ money('with_rate.closed_outturn_gbp') }} as closed_outturn_gbp,
    cast(coalesce(with_rate.closed_year_count, 0) as integer) as closed_year_count,
    cast(coalesce(with_rate.line_count, 0) as integer) as line_count,
    case
        when with_rate.closed_years is null then 'no closed year'
        else
            with_rate.closed_years || ' at ' || open_year.reporting_period || ', '
            || cast(with_rate.line_count as {{ dbt.type_string() }}) || ' lines'
    end as basis,
    open_year.is_carried_forward
from open_year
left join with_rate
    on open_year.plan_year_key = with_rate.plan_year_key
    and open_year.directorate_code = with_rate.directorate_code
