-- The Cabinet report's Table 1: where every pound of the cashable baseline stands (R01, R39, R45).
-- A pivot of the allocation, and beside it the directorates of which nothing stands.
{%- set amounts_of_reported = table_1_measures() | reject('in', ['baseline_gbp', 'not_reported_gbp']) | list %}

with

directorates as (

    select
        directorate_key,
        directorate_code,
        directorate_name
    from {{ ref('dim_directorate') }}

),

coverages as (

    select
        directorates.directorate_code,
        directorates.directorate_name,
        coverage.plan_year_key,
        coverage.period_key,
        coverage.plan_baseline_gbp,
        coverage.coverage = 'CARRIED' as is_carried_forward,
        coverage.coverage = 'MISSING' as is_missing
    from {{ ref('fct_return_coverage') }} as coverage
    inner join directorates on coverage.directorate_key = directorates.directorate_key
    where coverage.is_current

),

allocations as (

    select
        directorates.directorate_code,
        allocation.plan_year_key,
        allocation.delivery_year_key,
        allocation.reporting_year_key,
        allocation.period_key,
        allocation.bucket,
        allocation.amount_gbp
    from {{ ref('fct_savings_allocation') }} as allocation
    inner join directorates on allocation.directorate_key = directorates.directorate_key
    where allocation.is_current and allocation.is_cashable

),

placed as (

    select
        directorate_code,
        plan_year_key,
        period_key,
        sum(amount_gbp) as baseline_gbp,
        sum(amount_gbp) filter (where bucket = 'PROJECTED') as projected_gbp,
        sum(amount_gbp) filter (where bucket = 'DEFERRED') as deferred_gbp,
        sum(amount_gbp) filter (where bucket = 'UNDELIVERABLE') as undeliverable_gbp,
        sum(amount_gbp) filter (where bucket = 'UNEXPLAINED') as unexplained_gbp
    from allocations
    group by directorate_code, plan_year_key, period_key

),

-- What work of earlier plan years delivers in the reporting year stands beside that year's own (R05).
brought_forward as (

    select
        directorate_code,
        reporting_year_key as plan_year_key,
        period_key,
        sum(amount_gbp) as brought_forward_gbp
    from allocations
    where
        bucket in ('PROJECTED', 'DEFERRED')
        and plan_year_key < reporting_year_key
        and delivery_year_key = reporting_year_key
    group by directorate_code, reporting_year_key, period_key

),

-- What a line says beside the baseline that it places.
beside as (

    select
        directorates.directorate_code,
        line.plan_year_key,
        line.period_key,
        sum(line.original_baseline_gbp) as original_baseline_gbp,
        sum(line.over_achieved_gbp) as over_achieved_gbp,
        sum(line.mitigated_gbp) as mitigated_gbp,
        bool_or(line.is_carried_forward) as is_carried_forward,
        bool_or(line.is_restated) as is_restated
    from {{ ref('fct_savings_position') }} as line
    inner join directorates on line.directorate_key = directorates.directorate_key
    where line.is_current and line.is_cashable
    group by directorates.directorate_code, line.plan_year_key, line.period_key

),

-- Who has reported has 0 where no pound stands; of who has not, nothing but the plan is known.
directorate_rows as (

    select
        coverages.plan_year_key,
        coverages.period_key,
        coverages.directorate_code,
        coverages.directorate_name,
        {%- for amount in amounts_of_reported %}
        case when not coverages.is_missing then coalesce({{ amount }}, 0) end as {{ amount }},
        {%- endfor %}
        case
            when coverages.is_missing then coverages.plan_baseline_gbp
            else coalesce(placed.baseline_gbp, 0)
        end as baseline_gbp,
        case when coverages.is_missing then coverages.plan_baseline_gbp else 0 end as not_reported_gbp,
        false as is_total,
        coverages.is_carried_forward or coalesce(beside.is_carried_forward, false) as is_carried_forward,
        coverages.is_missing as is_incomplete,
        coalesce(beside.is_restated, false) as is_restated
    from coverages
    left join placed
        on coverages.directorate_code = placed.directorate_code
        and coverages.plan_year_key = placed.plan_year_key
        and coverages.period_key = placed.period_key
    left join brought_forward
        on coverages.directorate_code = brought_forward.directorate_code
        and coverages.plan_year_key = brought_forward.plan_year_key
        and coverages.period_key = brought_forward.period_key
    left join beside
        on coverages.directorate_code = beside.directorate_code
        and coverages.plan_year_key = beside.plan_year_key
        and coverages.period_key = beside.period_key

),

-- Sums skip what is not known, and are not known where no addend is.
all_rows as (

    select
        plan_year_key,
        period_key,
        directorate_code,
        directorate_name,
        {%- for amount in table_1_measures() %}
        {{ amount }},
        {%- endfor %}
        is_total,
        is_carried_forward,
        is_incomplete,
        is_restated
    from directorate_rows
    union all
    select
        plan_year_key,
        period_key,
        'ALL' as directorate_code,
        'Total' as directorate_name,
        {%- for amount in table_1_measures() %}
        sum({{ amount }}) as {{ amount }},
        {%- endfor %}
        true as is_total,
        bool_or(is_carried_forward) as is_carried_forward,
        bool_or(is_incomplete) as is_incomplete,
        bool_or(is_restated) as is_restated
    from directorate_rows
    group by plan_year_key, period_key

)

select
    {{ surrogate_key(
        'table_1', ['plan_year.financial_year', 'period.financial_year', 'period.reporting_period', 'directorate_code']
    ) }} as table_1_key,
    plan_year.financial_year,
    period.financial_year as reporting_year,
    period.reporting_period,
    all_rows.directorate_code,
    all_rows.directorate_name,
    {%- for amount in table_1_measures() %}
    {{ money('all_rows.' ~ amount) }} as {{ amount }},
    {%- endfor %}
    all_rows.is_total,
    all_rows.is_carried_forward,
    all_rows.is_incomplete,
    all_rows.is_restated
from all_rows
inner join {{ ref('dim_reporting_period') }} as period on all_rows.period_key = period.period_key
inner join {{ ref('dim_financial_year') }} as plan_year on all_rows.plan_year_key = plan_year.financial_year_key
