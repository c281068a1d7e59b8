-- Whose figures stand for a directorate, a plan year and an open period (R16, R17, R38, R39): its own return, a carried
-- one, or none. There is a row where there are positions or lines that were not reported, and for the reporting year of
-- each directorate whose return is expected (F1).
with

standing_line as (

    select *
    from {{ ref('int_line_standing') }}

),

standing_return as (

    select *
    from {{ ref('int_return_standing') }}

),

not_reported as (

    select *
    from {{ ref('int_not_reported') }}

),

expected_return as (

    select *
    from {{ ref('int_expected_return') }}

),

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

expected as (

    select
        expected_return.directorate_code,
        expected_return.financial_year_key,
        expected_return.period_key,
        {{ financial_year('expected_return.financial_year_key') }} as plan_year,
        {{ common_span(['expected_return', 'open_period']) }}
    from expected_return
    inner join open_period
        on expected_return.period_key = open_period.period_key
        and {{ overlap(['expected_return', 'open_period']) }}

),

occasions as (

    {% for occasion in ['standing_line', 'not_reported', 'expected'] -%}
    select
        directorate_code,
        plan_year,
        financial_year_key,
        period_key,
        known_from_at,
        known_to_at
    from {{ occasion }}
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}
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
        true as is_of_return,
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
        false as is_of_return,
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
        false as is_of_return,
        known_from_at,
        known_to_at
    from occasions

),

standing as (

    {{ first_standing(
        'candidates',
        key=['directorate_code', 'plan_year', 'financial_year_key', 'period_key'],
        identity=['coverage', 'submission_id', 'is_of_return'],
        first_by='candidate.is_of_return desc, candidate.source_period_key desc, candidate.submission_id',
    ) }}

)

select
    directorate_code,
    plan_year,
    financial_year_key,
    period_key,
    coverage,
    submission_id,
    is_of_return,
    known_from_at,
    known_to_at
from standing
