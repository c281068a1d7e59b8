-- What the budget gap is made of: one row a version of the plan, year, component and span of knowledge.
with

component as (

    select
        *,
        cast(row_number() over (
            partition by plan_version, financial_year, component
            order by known_from_at
        ) as integer) as span_no
    from {{ ref('stg_reference__budget_gap') }}

)

select
    {{ surrogate_key('budget_gap', ['plan_version', 'financial_year', 'component', 'span_no']) }} as budget_gap_key,
    span_no,
    plan_version,
    financial_year_key as budget_year_key,
    component,
    amount_gbp,
    low_gbp,
    high_gbp,
    basis,
    is_unidentified,
    source,
    known_to_at is null as is_current,
    known_from_at as valid_from_at,
    known_to_at as valid_to_at
from component
