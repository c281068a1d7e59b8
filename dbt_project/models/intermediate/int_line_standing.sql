-- Which row of which return stands for a line in each open period, and when (R38, R51): that of the
-- latest period up to it in which the line stood, so its own where there is one, under the
-- directorate to which the plan in force for the open period gives the line. A later return that says
-- nothing of it that counts may end that (F3, F4).
with

in_open_period as (

    select *
    from {{ ref('int_line_in_open_period') }}

),

plan as (

    select *
    from {{ ref('int_plan_in_force') }}

),

silence as (

    select *
    from {{ ref('int_line_silence') }}

),

-- A replacement that the plan does not list stays with the directorate that sent it.
candidates as (

    select
        in_open_period.saving_ref,
        in_open_period.plan_year,
        in_open_period.financial_year_key,
        in_open_period.period_key,
        in_open_period.submission_id,
        in_open_period.source_row,
        in_open_period.source_period_key,
        in_open_period.is_moved,
        in_open_period.receipt_seq,
        plan.directorate_code,
        plan.original_baseline_gbp,
        0 as is_unlisted,
        0 as is_silent,
        {{ common_span(['in_open_period', 'plan']) }}
    from in_open_period
    inner join plan
        on in_open_period.saving_ref = plan.saving_ref
        and in_open_period.plan_year = plan.plan_year
        and {{ in_effect('plan', 'in_open_period.period_key') }}
        and {{ overlap(['in_open_period', 'plan']) }}
    union all
    select
        saving_ref,
        plan_year,
        financial_year_key,
        period_key,
        submission_id,
        source_row,
        source_period_key,
        is_moved,
        receipt_seq,
        directorate_code,
        0 as original_baseline_gbp,
        1 as is_unlisted,
        0 as is_silent,
        known_from_at,
        known_to_at
    from in_open_period
    where is_replacement
    union all
    -- Only the directorate to which the plan gives a line can end what is carried of it.
    select
        silence.saving_ref,
        silence.plan_year,
        silence.financial_year_key,
        silence.period_key,
        null as submission_id,
        null as source_row,
        silence.source_period_key,
        false as is_moved,
        0 as receipt_seq,
        silence.directorate_code,
        plan.original_baseline_gbp,
        0 as is_unlisted,
        1 as is_silent,
        {{ common_span(['silence', 'plan']) }}
    from silence
    inner join plan
        on silence.saving_ref = plan.saving_ref
        and silence.plan_year = plan.plan_year
        and silence.directorate_code = plan.directorate_code
        and not silence.is_left_out
        and {{ in_effect('plan', 'silence.period_key') }}
        and {{ overlap(['silence', 'plan']) }}
    union all
    select
        saving_ref,
        plan_year,
        financial_year_key,
        period_key,
        null as submission_id,
        null as source_row,
        source_period_key,
        false as is_moved,
        0 as receipt_seq,
        directorate_code,
        0 as original_baseline_gbp,
        1 as is_unlisted,
        1 as is_silent,
        known_from_at,
        known_to_at
    from silence
    where is_replacement

),

standing as (

    {{ first_standing(
        'candidates',
        key=['saving_ref', 'plan_year', 'financial_year_key', 'period_key'],
        identity=[
            'submission_id', 'source_row', 'source_period_key', 'is_moved', 'directorate_code',
            'original_baseline_gbp', 'is_silent',
        ],
        first_by='candidate.is_unlisted, candidate.source_period_key desc, candidate.is_silent, '
        ~ 'candidate.receipt_seq desc',
    ) }}

)

select
    saving_ref,
    plan_year,
    financial_year_key,
    period_key,
    directorate_code,
    submission_id,
    source_row,
    source_period_key,
    original_baseline_gbp,
    known_from_at,
    known_to_at,
    source_period_key < period_key or is_moved as is_carried_forward
from standing
where is_silent = 0
