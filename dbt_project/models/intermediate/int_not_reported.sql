-- What the plan in force gives a directorate for a plan year, and no return says anything of (F2): the
-- cashable lines that stand in no row of an open period, counted and with their baselines (R08), in spans.
-- Plan years are looked at for as long as their lines are kept (R51).
with

plan as (

    select *
    from {{ ref('int_plan_in_force') }}
    where is_cashable

),

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

years_kept as (

    select
        cast(setting_value as integer) as number_of_years,
        known_from_at,
        known_to_at
    from {{ ref('stg_reference__setting') }}
    where setting_name = 'years_kept'

),

planned as (

    select
        plan.saving_ref,
        plan.plan_year,
        plan.directorate_code,
        plan.baseline_gbp,
        plan.original_baseline_gbp,
        open_period.financial_year_key,
        open_period.period_key,
        {{ common_span(['plan', 'open_period', 'years_kept']) }}
    from plan
    inner join open_period
        on {{ in_effect('plan', 'open_period.period_key') }}
        and {{ financial_year_key('plan.plan_year') }} <= open_period.financial_year_key
        and {{ overlap(['plan', 'open_period']) }}
    inner join years_kept
        on open_period.financial_year_key
        <= {{ financial_year_key('plan.plan_year') }} + years_kept.number_of_years
        and {{ overlap(['plan', 'years_kept']) }}
        and {{ overlap(['open_period', 'years_kept']) }}

),

standing as (

    select *
    from {{ ref('int_line_standing') }}

),

reported as (

    select
        planned.directorate_code,
        planned.plan_year,
        planned.financial_year_key,
        planned.period_key,
        planned.baseline_gbp,
        planned.original_baseline_gbp,
        {{ common_span(['planned', 'standing']) }}
    from planned
    inner join standing
        on planned.saving_ref = standing.saving_ref
        and planned.plan_year = standing.plan_year
        and planned.period_key = standing.period_key
        and {{ overlap(['planned', 'standing']) }}

),

-- A line is missed while it is planned, less the time in which it is reported.
line_span as (

    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        baseline_gbp,
        original_baseline_gbp,
        1 as line_count,
        known_from_at,
        known_to_at
    from planned
    union all
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        -baseline_gbp as baseline_gbp,
        -original_baseline_gbp as original_baseline_gbp,
        -1 as line_count,
        known_from_at,
        known_to_at
    from reported

),

missed as (

    {{ running_totals(
        'line_span',
        key=['directorate_code', 'plan_year', 'financial_year_key', 'period_key'],
        amounts=['baseline_gbp', 'original_baseline_gbp', 'line_count'],
    ) }}

)

select
    directorate_code,
    plan_year,
    financial_year_key,
    period_key,
    cast(line_count as integer) as not_reported_count,
    {{ money('baseline_gbp') }} as not_reported_gbp,
    {{ money('original_baseline_gbp') }} as original_not_reported_gbp,
    known_from_at,
    known_to_at
from missed
where line_count > 0
