-- From the budget gap to what is to close it (P8). What is unidentified is never as printed: it is the gap
-- less what the other components state. A component without a printed amount is part of that remainder.
with

component as (

    select
        *,
        component = 'Budget gap' as is_total,
        coalesce(amount_gbp, low_gbp) as from_gbp,
        coalesce(amount_gbp, high_gbp) as to_gbp
    from {{ ref('fct_budget_gap') }}
    where is_current

),

gap as (

    select *
    from component
    where is_total

),

identified as (

    select
        plan_version,
        budget_year_key,
        coalesce(sum(from_gbp), 0) as from_gbp,
        coalesce(sum(to_gbp), 0) as to_gbp
    from component
    where not is_total and not is_unidentified
    group by plan_version, budget_year_key

),

remainder as (

    select
        gap.plan_version,
        gap.budget_year_key,
        gap.from_gbp - coalesce(identified.to_gbp, 0) as from_gbp,
        gap.to_gbp - coalesce(identified.from_gbp, 0) as to_gbp
    from gap
    left join identified
        on gap.plan_version = identified.plan_version
        and gap.budget_year_key = identified.budget_year_key

),

parts as (

    select
        plan_version,
        budget_year_key,
        component,
        from_gbp,
        to_gbp,
        basis,
        is_total,
        is_unidentified
    from component
    where not is_unidentified
    union all
    select
        plan_version,
        budget_year_key,
        'Unidentified' as component,
        from_gbp,
        to_gbp,
        'the gap less what is identified' as basis,
        false as is_total,
        true as is_unidentified
    from remainder

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('budget_gap_bridge', [
        'parts.plan_version', 'parts.budget_year_key', 'parts.component',
    ]) }} as budget_gap_bridge_key,
    parts.plan_version,
    financial_year.financial_year as budget_year,
    cast(row_number() over (
        partition by parts.plan_version, parts.budget_year_key
        order by
            case when parts.is_total then 1 when parts.is_unidentified then 3 else 2 end,
            parts.component
    ) as integer) as step_no,
    parts.component,
    {{ money('case when parts.from_gbp = parts.to_gbp then parts.from_gbp end') }} as amount_gbp,
    {{ money('parts.from_gbp') }} as low_gbp,
    {{ money('parts.to_gbp') }} as high_gbp,
    parts.basis,
    parts.is_total,
    parts.is_unidentified
from parts
inner join {{ ref('dim_financial_year') }} as financial_year
    on parts.budget_year_key = financial_year.financial_year_key
