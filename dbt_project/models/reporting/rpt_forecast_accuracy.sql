-- How near each period's forecast came to the outturn of its plan year (P6, R47, F5): over the lines that
-- are in both, whichever directorate brought a line that moved to its end. Positive = too optimistic. A
-- directorate has a row where it has both a return for the period and its own P13 in force.
with

forecast as (

    select *
    from {{ ref('int_forecast_line') }}

),

-- The plan year's own P13, in force and not carried.
outturn as (

    select
        saving_line.saving_ref,
        position.plan_year_key,
        directorate.directorate_code,
        position.counted_projected_gbp
    from {{ ref('fct_savings_position') }} as position
    inner join {{ ref('dim_saving_line') }} as saving_line on position.saving_line_key = saving_line.saving_line_key
    inner join {{ ref('dim_directorate') }} as directorate on position.directorate_key = directorate.directorate_key
    where
        position.is_current
        and position.is_cashable
        and coalesce(position.carried_from_period_key, position.period_key) = position.period_key
        and position.period_key = position.plan_year_key * 100 + 13

),

forecast_place as (

    select
        forecast_version.directorate_code,
        forecast_version.financial_year_key as plan_year_key,
        forecast_version.period_key
    from {{ ref('int_forecast_version') }} as forecast_version
    inner join {{ ref('int_submission_in_force') }} as closedown
        on forecast_version.directorate_code = closedown.directorate_code
        and closedown.period_key = forecast_version.financial_year_key * 100 + 13
    where closedown.known_to_at is null and forecast_version.period_key < closedown.period_key

),

-- Lines of the forecast, with their outturn if there is one; then lines of the outturn that nobody forecast.
compared as (

    select
        forecast.directorate_code,
        forecast.plan_year_key,
        forecast.period_key,
        forecast.counted_projected_gbp as forecast_gbp,
        outturn.counted_projected_gbp as outturn_gbp
    from forecast
    inner join forecast_place
        on forecast.directorate_code = forecast_place.directorate_code
        and forecast.period_key = forecast_place.period_key
    left join outturn
        on forecast.saving_ref = outturn.saving_ref
        and forecast.plan_year_key = outturn.plan_year_key
        and forecast.is_compared
    union all
    select
        forecast_place.directorate_code,
        forecast_place.plan_year_key,
        forecast_place.period_key,
        null as forecast_gbp,
        outturn.counted_projected_gbp as outturn_gbp
    from forecast_place
    inner join outturn
        on forecast_place.directorate_code = outturn.directorate_code
        and forecast_place.plan_year_key = outturn.plan_year_key
    left join forecast
        on outturn.saving_ref = forecast.saving_ref
        and outturn.plan_year_key = forecast.plan_year_key
        and forecast_place.period_key = forecast.period_key
    where forecast.saving_ref is null

),

with_error as (

    select
        *,
        forecast_gbp - outturn_gbp as error_gbp,
        forecast_gbp is not null and outturn_gbp is not null as is_in_both
    from compared

),

summed as (

    select
        directorate_code,
        plan_year_key,
        period_key,
        coalesce(sum(forecast_gbp) filter (where is_in_both), 0) as forecast_gbp,
        coalesce(sum(outturn_gbp) filter (where is_in_both), 0) as outturn_gbp,
        coalesce(sum(error_gbp), 0) as error_gbp,
        coalesce(sum(abs(error_gbp)), 0) as absolute_error_gbp,
        count(*) filter (where is_in_both) as line_count,
        count(*) filter (where not is_in_both) as excluded_count
    from with_error
    group by directorate_code, plan_year_key, period_key

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('forecast_accuracy', [
        'summed.plan_year_key', 'summed.period_key', 'summed.directorate_code'
    ]) }} as forecast_accuracy_key,
    period.reporting_year as plan_year,
    period.reporting_period as forecast_period,
    summed.period_key,
    summed.directorate_code,
    directorate.directorate_name,
    {{ money('summed.forecast_gbp') }} as forecast_gbp,
    {{ money('summed.outturn_gbp') }} as outturn_gbp,
    {{ money('summed.error_gbp') }} as error_gbp,
    {{ money('summed.absolute_error_gbp') }} as absolute_error_gbp,
    {{ ratio('summed.error_gbp', 'summed.outturn_gbp') }} as bias,
    {{ ratio('summed.absolute_error_gbp', 'summed.outturn_gbp') }} as mean_absolute_error,
    cast(summed.line_count as integer) as line_count,
    cast(summed.excluded_count as integer) as excluded_count
from summed
inner join {{ ref('dim_reporting_period') }} as period on summed.period_key = period.period_key
inner join {{ ref('int_directorate_version') }} as directorate
    on summed.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
