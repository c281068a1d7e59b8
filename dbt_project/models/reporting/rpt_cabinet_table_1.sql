-- The Cabinet report's Table 1: where every pound of the cashable baseline stands (R01, R39, R45).
-- A pivot of the allocation, with a row for each directorate that is expected or has pounds brought
-- forward into the reporting year (F1), and what of the plan no return says anything of (F2).
{%- set always_known = ['baseline_gbp', 'not_reported_gbp', 'brought_forward_gbp'] %}
{%- set amounts_of_reported = table_1_measures() | reject('in', always_known) | list %}

with

directorates as (

    select
        directorate_key,
        directorate_code
    from {{ ref('dim_directorate') }}

),

directorate_names as (

    select
        directorate.directorate_code,
        directorate.directorate_name,
        period.period_key
    from {{ ref('dim_reporting_period') }} as period
    inner join {{ ref('int_directorate_version') }} as directorate
        on {{ applies_on('directorate', 'period.as_at_date') }}

),

coverages as (

    select
        directorates.directorate_code,
        coverage.plan_year_key,
        coverage.period_key,
        coverage.not_reported_gbp,
        coverage.is_incomplete,
        coverage.coverage = 'CARRIED' as is_carried_forward,
        coverage.coverage = 'MISSING' and coverage.not_reported_count > 0 as is_unknown
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

places as (

    select
        directorate_code,
        plan_year_key,
        period_key
    from coverages
    union
    select
        directorate_code,
        plan_year_key,
        period_key
    from brought_forward
    where brought_forward_gbp <> 0

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

-- Where nothing is known but the plan, the other amounts are not known; else no pound is 0.
directorate_rows as (

    select
        places.plan_year_key,
        places.period_key,
        places.directorate_code,
        directorate_names.directorate_name,
        {%- for amount in amounts_of_reported %}
        case when not coalesce(coverages.is_unknown, false) then coalesce({{ amount }}, 0) end as {{ amount }},
        {%- endfor %}
        coalesce(placed.baseline_gbp, 0) + coalesce(coverages.not_reported_gbp, 0) as baseline_gbp,
        coalesce(coverages.not_reported_gbp, 0) as not_reported_gbp,
        coalesce(brought_forward.brought_forward_gbp, 0) as brought_forward_gbp,
        false as is_total,
        coalesce(coverages.is_carried_forward, false) or coalesce(beside.is_carried_forward, false)
            as is_carried_forward,
        coalesce(coverages.is_incomplete, false) as is_incomplete,
        coalesce(beside.is_restated, false) as is_restated
    from places
    inner join directorate_names
        on places.directorate_code = directorate_names.directorate_code
        and places.period_key = directorate_names.period_key
    left join coverages
        on places.directorate_code = coverages.directorate_code
        and places.plan_year_key = coverages.plan_year_key
        and places.period_key = coverages.period_key
    left join placed
        on places.directorate_code = placed.directorate_code
        and places.plan_year_key = placed.plan_year_key
        and places.period_key = placed.period_key
    left join brought_forward
        on places.directorate_code = brought_forward.directorate_code
        and places.plan_year_key = brought_forward.plan_year_key
        and places.period_key = brought_forward.period_key
    left join beside
        on places.directorate_code = beside.directorate_code
        and places.plan_year_key = beside.plan_year_key
        and places.period_key = beside.period_key

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
        'table_1', ['plan_year.financial_year', 'period.reporting_year', 'period.reporting_period', 'directorate_code']
    ) }} as table_1_key,
    plan_year.financial_year as plan_year,
    period.reporting_year,
    period.reporting_period,
    all_rows.period_key,
    all_rows.directorate_code,
    all_rows.directorate_name,
    {%- for amount in table_1_measures() %}
    {{ money('all_rows.' ~ amount) }} as {{ amount }},
    {%- endfor %}
    all_rows.is_total,
    all_rows.is_carried_forward,
    all_rows.is_incomplete,
    all_rows.is_restated,
    period.is_latest_period,
    period.is_latest_complete_period
from all_rows
inner join {{ ref('dim_reporting_period') }} as period on all_rows.period_key = period.period_key
inner join {{ ref('dim_financial_year') }} as plan_year on all_rows.plan_year_key = plan_year.financial_year_key
