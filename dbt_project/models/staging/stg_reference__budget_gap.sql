-- Components of the budget gap, by version of the plan and year; a component may have no amount yet.
select
    plan_version,
    financial_year,
    {{ financial_year_key('financial_year') }} as financial_year_key,
    component,
    amount_gbp,
    low_gbp,
    high_gbp,
    basis,
    is_unidentified,
    source,
    known_from_at,
    known_to_at
from {{ source('reference', 'budget_gap') }}
