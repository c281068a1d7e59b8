-- For a directorate, a plan year and an open period: whether its own return stands, a carried one, or
-- none (R16, R17, R38, R39), beside the cashable baseline of the plan in force and what of it no return
-- says anything of (F2). There is a row where there are positions or lines that were not reported, and
-- for the reporting year of each directorate whose return is expected (F1).
{%- set grain = ['directorate_code', 'plan_year', 'financial_year_key', 'period_key'] %}
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

plan_total as (

    select *
    from {{ ref('int_plan_total') }}

),

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

expected_return as (

    select *
    from {{ ref('stg_reference__expected_return') }}

),

expected as (

    select
        expected_return.directorate_code,
        open_period.financial_year_key,
        open_period.period_key,
        {{ financial_year('open_period.financial_year_key') }} as plan_year,
        {{ common_span(['expected_return', 'open_period']) }}
    from expected_return
    inner join open_period
        on expected_return.financial_year_key = open_period.financial_year_key
        and expected_return.from_period_key <= open_period.period_key
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
    {% if not loop.last %}union all{% endif %}
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
        1 as precedence,
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
        2 as precedence,
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
        3 as precedence,
        known_from_at,
        known_to_at
    from occasions

),

covered as (

    {{ first_standing(
        'candidates',
        key=grain,
        identity=['coverage', 'submission_id', 'precedence'],
        first_by='candidate.precedence, candidate.source_period_key desc, candidate.submission_id',
    ) }}

),

expected_place as (

    select
        covered.directorate_code,
        covered.plan_year,
        covered.financial_year_key,
        covered.period_key,
        {{ common_span(['covered', 'expected']) }}
    from covered
    inner join expected
        on covered.directorate_code = expected.directorate_code
        and covered.period_key = expected.period_key
        and {{ overlap(['covered', 'expected']) }}

),

moments as (

    {{ cuts(['plan_total', 'not_reported', 'expected_place'], key=grain) }}

),

pieces as (

    {{ cut_up('covered', 'moments', key=grain, columns=['coverage', 'submission_id', 'precedence']) }}

),

known_at_piece as (

    select
        pieces.*,
        coalesce(plan_total.plan_baseline_gbp, 0) as plan_baseline_gbp,
        coalesce(not_reported.not_reported_count, 0) as not_reported_count,
        coalesce(not_reported.not_reported_gbp, 0) as not_reported_gbp,
        pieces.precedence > 1 and expected.directorate_code is not null as is_incomplete
    from pieces
    left join plan_total
        on pieces.directorate_code = plan_total.directorate_code
        and pieces.plan_year = plan_total.plan_year
        and pieces.period_key = plan_total.period_key
        and {{ holds_at('plan_total', 'pieces.known_from_at') }}
    left join not_reported
        on pieces.directorate_code = not_reported.directorate_code
        and pieces.plan_year = not_reported.plan_year
        and pieces.period_key = not_reported.period_key
        and {{ holds_at('not_reported', 'pieces.known_from_at') }}
    left join expected
        on pieces.directorate_code = expected.directorate_code
        and pieces.period_key = expected.period_key
        and {{ holds_at('expected', 'pieces.known_from_at') }}

),

joined as (

    {{ joined_up(
        'known_at_piece',
        key=grain,
        identity=[
            'coverage', 'submission_id', 'plan_baseline_gbp', 'not_reported_count', 'not_reported_gbp',
            'is_incomplete',
        ],
    ) }}

)

select
    directorate_code,
    plan_year,
    {{ financial_year_key('plan_year') }} as plan_year_key,
    financial_year_key as reporting_year_key,
    period_key,
    coverage,
    submission_id,
    {{ money('plan_baseline_gbp') }} as plan_baseline_gbp,
    not_reported_count,
    {{ money('not_reported_gbp') }} as not_reported_gbp,
    is_incomplete,
    cast(row_number() over (
        partition by directorate_code, plan_year, period_key
        order by known_from_at
    ) as integer) as span_no,
    known_from_at,
    known_to_at
from joined
