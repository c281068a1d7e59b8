-- For a directorate, a plan year and an open period: whose figures stand, beside the cashable baseline of the plan in
-- force and what of it no return says anything of (F2). It is incomplete where the directorate's return is expected and
-- none stands, own or carried (R17, F1).
{%- set grain = ['directorate_code', 'plan_year', 'financial_year_key', 'period_key'] %}
with

covered as (

    select *
    from {{ ref('int_coverage_standing') }}

),

not_reported as (

    select *
    from {{ ref('int_not_reported') }}

),

plan_total as (

    select *
    from {{ ref('int_plan_total') }}

),

expected as (

    select *
    from {{ ref('int_expected_return') }}

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

    {{ cut_up('covered', 'moments', key=grain, columns=['coverage', 'submission_id', 'is_of_return']) }}

),

known_at_piece as (

    select
        pieces.*,
        coalesce(plan_total.plan_baseline_gbp, 0) as plan_baseline_gbp,
        coalesce(not_reported.not_reported_count, 0) as not_reported_count,
        coalesce(not_reported.not_reported_gbp, 0) as not_reported_gbp,
        not pieces.is_of_return and expected.directorate_code is not null as is_incomplete
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
