-- What a directorate forecast for a line of the reporting year in each period of it (R47): the line as it
-- stands, cashable and registered, in the version that holds its forecast. Where the directorate to which it was moved
-- since forecast it too, that one is held to the outturn (F6): a line comes once.
with

forecast_version as (

    select *
    from {{ ref('int_forecast_version') }}

),

registered as (

    select
        submission_id,
        source_row,
        is_moved
    from {{ ref('int_line_registration') }}
    where known_to_at is null

)

select
    forecast_version.directorate_code,
    forecast_version.period_key,
    line.saving_ref,
    line.plan_year,
    line.plan_year_key,
    amount.counted_projected_gbp,
    row_number() over (
        partition by line.saving_ref, line.plan_year, forecast_version.period_key
        order by registered.is_moved asc, forecast_version.receipt_seq desc
    ) = 1 as is_compared
from forecast_version
inner join {{ ref('stg_raw__savings_line') }} as line
    on forecast_version.submission_id = line.submission_id
    and forecast_version.financial_year_key = line.plan_year_key
inner join registered
    on line.submission_id = registered.submission_id
    and line.source_row = registered.source_row
inner join {{ ref('int_line_amount') }} as amount
    on line.submission_id = amount.submission_id
    and line.source_row = amount.source_row
where line.is_cashable
