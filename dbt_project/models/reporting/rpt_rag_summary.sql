-- Lines and pounds by derived and submitted RAG (P3, R29, R46), and beside them those of the period before:
-- the directorate's latest earlier one with a return of its own in force, never a carried copy (R52).
with

directorates as (

    select
        directorate_key,
        directorate_code,
        directorate_name
    from {{ ref('dim_directorate') }}

),

lines as (

    select
        directorates.directorate_code,
        line.period_key,
        line.baseline_gbp,
        rag_derived.name as rag_derived,
        rag_submitted.name as rag_submitted
    from {{ ref('fct_savings_position') }} as line
    inner join directorates on line.directorate_key = directorates.directorate_key
    inner join {{ ref('dim_rag') }} as rag_submitted on line.rag_submitted_key = rag_submitted.rag_key
    inner join {{ ref('dim_rag') }} as rag_derived on line.rag_derived_key = rag_derived.rag_key
    where line.is_current and line.is_cashable

),

coverages as (

    select
        directorates.directorate_code,
        directorates.directorate_name,
        coverage.period_key,
        bool_or(coverage.coverage = 'OWN') as is_own
    from {{ ref('fct_return_coverage') }} as coverage
    inner join directorates on coverage.directorate_key = directorates.directorate_key
    where coverage.is_current
    group by directorates.directorate_code, directorates.directorate_name, coverage.period_key

),

periods as (

    select
        directorate_code,
        directorate_name,
        period_key,
        max(case when is_own then period_key end) over (
            partition by directorate_code
            order by period_key
            rows between unbounded preceding and 1 preceding
        ) as previous_period_key
    from coverages

),

now_and_before as (

    select
        periods.period_key,
        periods.directorate_code,
        lines.rag_derived,
        lines.rag_submitted,
        1 as line_count,
        lines.baseline_gbp as amount_gbp,
        0 as previous_line_count,
        0 as previous_amount_gbp
    from periods
    inner join lines
        on periods.directorate_code = lines.directorate_code
        and periods.period_key = lines.period_key
    union all
    select
        periods.period_key,
        periods.directorate_code,
        lines.rag_derived,
        lines.rag_submitted,
        0 as line_count,
        0 as amount_gbp,
        1 as previous_line_count,
        lines.baseline_gbp as previous_amount_gbp
    from periods
    inner join lines
        on periods.directorate_code = lines.directorate_code
        and periods.previous_period_key = lines.period_key

),

summed as (

    select
        period_key,
        directorate_code,
        rag_derived,
        rag_submitted,
        sum(line_count) as line_count,
        sum(amount_gbp) as amount_gbp,
        sum(previous_line_count) as previous_line_count,
        sum(previous_amount_gbp) as previous_amount_gbp
    from now_and_before
    group by period_key, directorate_code, rag_derived, rag_submitted

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('rag_summary', [
        'summed.period_key', 'summed.directorate_code', 'summed.rag_derived', 'summed.rag_submitted'
    ]) }} as rag_summary_key,
    period.reporting_year,
    period.reporting_period,
    summed.period_key,
    summed.directorate_code,
    periods.directorate_name,
    summed.rag_derived,
    summed.rag_submitted,
    cast(summed.line_count as integer) as line_count,
    {{ money('summed.amount_gbp') }} as amount_gbp,
    periods.previous_period_key,
    case when periods.previous_period_key is not null then cast(summed.previous_line_count as integer) end
        as previous_line_count,
    case when periods.previous_period_key is not null then {{ money('summed.previous_amount_gbp') }} end
        as previous_amount_gbp,
    case
        when summed.rag_derived not in ('None', summed.rag_submitted) then cast(summed.line_count as integer)
        else 0
    end
        as mismatch_count,
    period.is_latest_period,
    period.is_latest_complete_period
from summed
inner join periods
    on summed.directorate_code = periods.directorate_code
    and summed.period_key = periods.period_key
inner join {{ ref('dim_reporting_period') }} as period on summed.period_key = period.period_key
