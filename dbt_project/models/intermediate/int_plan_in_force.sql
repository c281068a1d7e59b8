-- The plan in force (R24, R34, R40): each line's directorate and baseline from one period up to
-- another, as the reference data known in a span gives them. A line that is not listed has no row.
with

-- What lists a line and what changes it, in the order of effect.
entries as (

    select
        saving_ref,
        plan_year,
        0 as effective_period_key,
        0 as place_in_period,
        '' as change_ref,
        baseline_gbp as amount_gbp,
        baseline_gbp as original_baseline_gbp,
        directorate_code,
        is_cashable,
        1 as is_listing,
        0 as is_deletion,
        known_from_at,
        known_to_at
    from {{ ref('stg_reference__approved_plan') }}
    union all
    select
        saving_ref,
        plan_year,
        effective_period_key,
        case when change_type = 'New' then 0 else 1 end as place_in_period,
        change_ref,
        amount_gbp,
        0 as original_baseline_gbp,
        case when change_type in ('New', 'Move') then directorate_code end as directorate_code,
        case when change_type = 'New' then is_cashable end as is_cashable,
        case when change_type = 'New' then 1 else 0 end as is_listing,
        case when change_type = 'Delete' then 1 else 0 end as is_deletion,
        known_from_at,
        known_to_at
    from {{ ref('stg_reference__plan_change') }}

),

pieces as (

    {{ pieces('entries', key=['saving_ref', 'plan_year']) }}

),

-- What changes a line before it is listed changes nothing.
known_entries as (

    select
        entries.saving_ref,
        entries.plan_year,
        entries.effective_period_key,
        entries.place_in_period,
        entries.change_ref,
        entries.amount_gbp,
        entries.original_baseline_gbp,
        entries.directorate_code,
        entries.is_cashable,
        entries.is_deletion,
        pieces.known_from_at,
        pieces.known_to_at
    from pieces
    inner join entries
        on pieces.saving_ref = entries.saving_ref
        and pieces.plan_year = entries.plan_year
        and {{ holds_at('entries', 'pieces.known_from_at') }}
    qualify max(entries.is_listing) over (
        partition by entries.saving_ref, entries.plan_year, pieces.known_from_at
        order by entries.effective_period_key, entries.place_in_period, entries.change_ref
        rows between unbounded preceding and current row
    ) = 1

),

-- The line as each entry leaves it; a Move names a new directorate, other changes keep the last.
states as (

    select
        *,
        sum(amount_gbp) over so_far as baseline_so_far_gbp,
        sum(original_baseline_gbp) over so_far as original_baseline_so_far_gbp,
        max(is_deletion) over so_far as is_deleted,
        bool_or(is_cashable) over so_far as is_cashable_so_far,
        count(directorate_code) over so_far as directorate_no,
        row_number() over (
            partition by saving_ref, plan_year, known_from_at, effective_period_key
            order by place_in_period desc, change_ref desc
        ) as place_from_end_of_period
    from known_entries
    window so_far as (
        partition by saving_ref, plan_year, known_from_at
        order by effective_period_key, place_in_period, change_ref
        rows between unbounded preceding and current row
    )

),

with_directorate as (

    select
        *,
        max(directorate_code) over (
            partition by saving_ref, plan_year, known_from_at, directorate_no
        ) as directorate_so_far
    from states

),

by_period as (

    select
        *,
        lead(effective_period_key) over (
            partition by saving_ref, plan_year, known_from_at
            order by effective_period_key
        ) as next_effective_period_key
    from with_directorate
    where place_from_end_of_period = 1

)

select
    saving_ref,
    plan_year,
    effective_period_key as from_period_key,
    next_effective_period_key as before_period_key,
    directorate_so_far as directorate_code,
    is_cashable_so_far as is_cashable,
    {{ money('baseline_so_far_gbp') }} as baseline_gbp,
    {{ money('original_baseline_so_far_gbp') }} as original_baseline_gbp,
    known_from_at,
    known_to_at
from by_period
where is_deleted = 0
