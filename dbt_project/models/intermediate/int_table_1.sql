-- The amounts of Table 1 (R01, R39, R45): a pivot of the allocation, with a row for each directorate that is
-- expected or has pounds brought forward into the reporting year (F1), and what of the plan no return says
-- anything of (F2); and a total of each plan year and period.
{%- set always_known = ['baseline_gbp', 'not_reported_gbp', 'brought_forward_gbp'] %}
{%- set amounts_of_reported = table_1_measures() | reject('in', always_known + ['original_baseline_gbp']) | list %}
with

coverages as (

    select
        directorate_code,
        plan_year_key,
        period_key,
        not_reported_gbp,
        is_incomplete,
        coverage = 'CARRIED' as is_carried_forward,
        coverage = 'MISSING' and not_reported_count > 0 as is_unknown
    from {{ ref('int_return_coverage') }}
    where known_to_at is null

),

allocations as (

    select *
    from {{ ref('int_current_allocation') }}
    where is_cashable

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
        position.directorate_code,
        position.plan_year_key,
        position.period_key,
        sum(position.original_baseline_gbp) as original_baseline_gbp,
        sum(position.over_achieved_gbp) as over_achieved_gbp,
        sum(position.mitigated_gbp) as mitigated_gbp,
        bool_or(position.is_carried_forward) as is_carried_forward,
        bool_or(coalesce(submission.return_type = 'Restatement', false)) as is_restated
    from {{ ref('int_position') }} as position
    inner join {{ ref('stg_raw__submission') }} as submission on position.submission_id = submission.submission_id
    where position.is_current and position.is_cashable
    group by position.directorate_code, position.plan_year_key, position.period_key

),

-- What is not reported was in the approved plan all the same (R08).
not_reported as (

    select
        directorate_code,
        {{ financial_year_key('plan_year') }} as plan_year_key,
        period_key,
        original_not_reported_gbp
    from {{ ref('int_not_reported') }}
    where known_to_at is null

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

-- Where nothing is known but the plan, the other amounts are not known; else no pound is 0.
directorate_rows as (

    select
        places.directorate_code,
        places.plan_year_key,
        places.period_key,
        case
            when not coalesce(coverages.is_unknown, false)
                then
                    coalesce(beside.original_baseline_gbp, 0)
                    + coalesce(not_reported.original_not_reported_gbp, 0)
        end as original_baseline_gbp,
        {%- for amount in amounts_of_reported %}
        case when not coalesce(coverages.is_unknown, false) then coalesce({{ amount }}, 0) end as {{ amount }},
        {%- endfor %}
        coalesce(placed.baseline_gbp, 0) + coalesce(coverages.not_reported_gbp, 0) as baseline_gbp,
        coalesce(coverages.not_reported_gbp, 0) as not_reported_gbp,
        coalesce(brought_forward.brought_forward_gbp, 0) as brought_forward_gbp,
        coalesce(coverages.is_carried_forward, false) or coalesce(beside.is_carried_forward, false)
            as is_carried_forward,
        coalesce(coverages.is_incomplete, false) as is_incomplete,
        coalesce(beside.is_restated, false) as is_restated
    from places
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
    left join not_reported
        on places.directorate_code = not_reported.directorate_code
        and places.plan_year_key = not_reported.plan_year_key
        and places.period_key = not_reported.period_key

)

-- Sums skip what is not known, and are not known where no addend is.
select
    plan_year_key,
    period_key,
    coalesce(directorate_code, 'ALL') as directorate_code,
    {%- for amount in table_1_measures() %}
    {{ money('sum(' ~ amount ~ ')') }} as {{ amount }},
    {%- endfor %}
    directorate_code is null as is_total,
    bool_or(is_carried_forward) as is_carried_forward,
    bool_or(is_incomplete) as is_incomplete,
    bool_or(is_restated) as is_restated
from directorate_rows
group by plan_year_key, period_key, rollup(directorate_code)
