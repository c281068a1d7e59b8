-- What follows from a row's own amounts alone: counted and over-achieved (R03), mitigated (R35) and
-- delivered (R56). An amount not yet quantified counts 0; a replacement's is mitigation, never its own.
-- Nothing is delivered before the plan year begins (R37, B11).
with

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}

),

submission as (

    select *
    from {{ ref('stg_raw__submission') }}

),

amounts as (

    select
        line.*,
        submission.is_certified,
        line.plan_year_key <= submission.financial_year_key as has_begun,
        coalesce(line.projected_gbp, 0) as projected_or_0_gbp,
        coalesce(line.deferred_gbp, 0) as deferred_or_0_gbp,
        coalesce(line.undeliverable_gbp, 0) as undeliverable_or_0_gbp
    from line
    inner join submission on line.submission_id = submission.submission_id

)

select
    submission_id,
    source_row,
    is_certified,
    {{ money('baseline_gbp') }} as baseline_gbp,
    {{ money('deferred_or_0_gbp') }} as deferred_gbp,
    {{ money('undeliverable_or_0_gbp') }} as undeliverable_gbp,
    {{ money('case when is_replacement then 0 else least(projected_or_0_gbp, baseline_gbp) end') }}
        as counted_projected_gbp,
    {{ money('case when is_replacement then 0 else greatest(projected_or_0_gbp - baseline_gbp, 0) end') }}
        as over_achieved_gbp,
    {{ money('case when is_replacement then projected_or_0_gbp else 0 end') }} as mitigated_gbp,
    {{ money(
        "case when is_cashable and is_certified and has_begun and budget_code is not null"
        " then least(coalesce(achieved_to_date_gbp, 0), baseline_gbp) else 0 end"
    ) }} as delivered_gbp
from amounts
