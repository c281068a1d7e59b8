-- Who has reported: one row a directorate, plan year, open period and span of knowledge.
with

coverage as (

    select *
    from {{ ref('int_return_coverage') }}

),

period as (

    select *
    from {{ ref('int_reporting_period') }}

),

directorate as (

    select *
    from {{ ref('int_directorate_version') }}

)

select
    {{ surrogate_key('coverage', [
        'coverage.directorate_code', 'coverage.plan_year', 'coverage.period_key', 'coverage.span_no'
    ]) }} as coverage_key,
    coverage.span_no,
    directorate.directorate_key,
    coverage.plan_year_key,
    coverage.reporting_year_key,
    coverage.period_key,
    case when coverage.submission_id is not null then {{ dimension_key('submission', ['coverage.submission_id']) }} end
        as submission_key,
    coverage.coverage,
    coverage.plan_baseline_gbp,
    coverage.not_reported_count,
    coverage.not_reported_gbp,
    coverage.is_incomplete,
    coverage.known_to_at is null as is_current,
    coverage.known_from_at as valid_from_at,
    coverage.known_to_at as valid_to_at
from coverage
inner join period on coverage.period_key = period.period_key
left join directorate
    on coverage.directorate_code = directorate.directorate_code
    and {{ applies_on('directorate', 'period.as_at_date') }}
