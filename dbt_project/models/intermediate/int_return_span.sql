-- A return that stands for a directorate in an open period (R16, R38), in spans of knowledge, with the
-- keys and flags that every fact row of its sheets has.
with

standing as (

    select *
    from {{ ref('int_return_standing') }}

),

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

directorate as (

    select *
    from {{ ref('int_directorate_version') }}

),

latest_open as (

    select *
    from {{ ref('int_latest_period') }}

),

latest_complete as (

    select *
    from {{ ref('int_latest_complete_period') }}

)

select
    standing.submission_id,
    {{ dimension_key('submission', ['standing.submission_id']) }} as submission_key,
    directorate.directorate_key,
    standing.financial_year_key as reporting_year_key,
    standing.period_key,
    period.as_at_date,
    cast(row_number() over (
        partition by standing.submission_id, standing.period_key
        order by standing.known_from_at
    ) as integer) as span_no,
    standing.known_to_at is null as is_current,
    standing.known_to_at is null and latest_open.period_key is not null as is_latest_period,
    standing.known_to_at is null and latest_complete.period_key is not null as is_latest_complete_period,
    standing.is_carried_forward,
    case when standing.is_carried_forward then standing.source_period_key end as carried_from_period_key,
    standing.known_from_at,
    standing.known_to_at
from standing
inner join period on standing.period_key = period.period_key
left join latest_open on standing.period_key = latest_open.period_key
left join latest_complete on standing.period_key = latest_complete.period_key
left join directorate
    on standing.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
