-- For a directorate, a plan year and an open period: whether its own return stands, a carried one, or
-- none (R16, R17, R38, R39), beside the cashable baseline of the plan in force. There is a row where
-- there are positions, and where a return is expected and the plan has a cashable line.
with

standing_line as (

    select *
    from {{ ref('int_line_standing') }}

),

standing_return as (

    select *
    from {{ ref('int_return_standing') }}

),

plan_total as (

    select *
    from {{ ref('int_plan_total') }}

),

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

expected as (

    select *
    from {{ ref('stg_reference__expected_return') }}

),

years_kept as (

    select
        cast(setting_value as integer) as number_of_years,
        known_from_at,
        known_to_at
    from {{ ref('stg_reference__setting') }}
    where setting_name = 'years_kept'

),

-- Plan years are looked at for as long as their lines are kept (R51).
expected_plan as (

    select
        plan_total.directorate_code,
        plan_total.plan_year,
        plan_total.financial_year_key,
        plan_total.period_key,
        {{ common_span(['plan_total', 'open_period', 'expected', 'years_kept']) }}
    from plan_total
    inner join open_period
        on plan_total.period_key = open_period.period_key
        and {{ overlap(['plan_total', 'open_period']) }}
    inner join expected
        on plan_total.directorate_code = expected.directorate_code
        and plan_total.financial_year_key = expected.financial_year_key
        and plan_total.period_key >= expected.from_period_key
        and {{ overlap(['plan_total', 'expected']) }}
        and {{ overlap(['open_period', 'expected']) }}
    inner join years_kept
        on plan_total.financial_year_key <= plan_total.plan_year_key + years_kept.number_of_years
        and {{ overlap(['plan_total', 'years_kept']) }}
        and {{ overlap(['open_period', 'years_kept']) }}
        and {{ overlap(['expected', 'years_kept']) }}
    where plan_total.plan_year_key <= plan_total.financial_year_key

),

occasions as (

    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_from_at,
        known_to_at
    from standing_line
    union all
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_from_at,
        known_to_at
    from expected_plan

),

-- First the directorate's return, then lines that stand without one, then nothing.
candidates as (

    select
        occasions.directorate_code,
        occasions.plan_year,
        occasions.financial_year_key,
        occasions.period_key,
        case when standing_return.is_carried_forward then 'CARRIED' else 'OWN' end as coverage,
        standing_return.submission_id,
        standing_return.source_period_key,
        1 as place,
        {{ common_span(['occasions', 'standing_return']) }}
    from occasions
    inner join standing_return
        on occasions.directorate_code = standing_return.directorate_code
        and occasions.period_key = standing_return.period_key
        and {{ overlap(['occasions', 'standing_return']) }}
    union all
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        'CARRIED' as coverage,
        submission_id,
        source_period_key,
        2 as place,
        known_from_at,
        known_to_at
    from standing_line
    union all
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        'MISSING' as coverage,
        cast(null as {{ dbt.type_string() }}) as submission_id,
        0 as source_period_key,
        3 as place,
        known_from_at,
        known_to_at
    from expected_plan

),

covered as (

    {{ first_standing(
        'candidates',
        key=['directorate_code', 'plan_year', 'financial_year_key', 'period_key'],
        identity=['coverage', 'submission_id'],
        first_by='candidate.place, candidate.source_period_key desc, candidate.submission_id',
    ) }}

),

plan_moments as (

    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_from_at as cut_at
    from plan_total
    union
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_to_at as cut_at
    from plan_total

),

pieces as (

    {{ cut_up(
        'covered',
        'plan_moments',
        key=['directorate_code', 'plan_year', 'financial_year_key', 'period_key'],
        columns=['coverage', 'submission_id'],
    ) }}

)

select
    pieces.directorate_code,
    pieces.plan_year,
    {{ financial_year_key('pieces.plan_year') }} as plan_year_key,
    pieces.financial_year_key as reporting_year_key,
    pieces.period_key,
    pieces.coverage,
    pieces.submission_id,
    {{ money('coalesce(plan_total.plan_baseline_gbp, 0)') }} as plan_baseline_gbp,
    cast(row_number() over (
        partition by pieces.directorate_code, pieces.plan_year, pieces.period_key
        order by pieces.known_from_at
    ) as integer) as span_no,
    pieces.known_from_at,
    pieces.known_to_at
from pieces
left join plan_total
    on pieces.directorate_code = plan_total.directorate_code
    and pieces.plan_year = plan_total.plan_year
    and pieces.period_key = plan_total.period_key
    and {{ holds_at('plan_total', 'pieces.known_from_at') }}
