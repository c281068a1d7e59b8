-- A line's position in an open period, in spans within which nothing that its figures follow from
-- changes: the row that stands, the decision it names (R07), how often it was deferred (R49) and the
-- limits of the RAG (R46).
with

standing as (

    select *
    from {{ ref('int_line_standing') }}

),

limits as (

    select *
    from {{ ref('int_rag_limit') }}

),

deferrals as (

    select *
    from {{ ref('int_times_deferred') }}

),

decision as (

    select *
    from {{ ref('stg_reference__decision') }}

),

-- The spans in which the decision that a standing row names is recorded.
decided as (

    select
        standing.saving_ref,
        standing.plan_year,
        standing.period_key,
        standing.submission_id,
        decision.known_from_at,
        decision.known_to_at
    from standing
    inner join {{ ref('stg_raw__savings_line') }} as line
        on standing.submission_id = line.submission_id
        and standing.source_row = line.source_row
    inner join decision on line.decision_ref = decision.decision_ref
    where line.undeliverable_gbp > 0

),

line_period as (

    select
        saving_ref,
        plan_year,
        period_key
    from standing
    group by saving_ref, plan_year, period_key

),

-- How often the line was deferred by the period that it stands in.
deferred_by_then as (

    select
        line_period.saving_ref,
        line_period.plan_year,
        line_period.period_key,
        deferrals.times_deferred,
        deferrals.known_from_at,
        deferrals.known_to_at
    from line_period
    inner join deferrals
        on line_period.saving_ref = deferrals.saving_ref
        and line_period.plan_year = deferrals.plan_year
        and {{ in_effect('deferrals', 'line_period.period_key') }}

),

-- Limits that hold all along a span do not cut it.
limits_of_position as (

    select
        standing.saving_ref,
        standing.plan_year,
        standing.period_key,
        limits.known_from_at,
        limits.known_to_at
    from standing
    inner join limits on {{ overlap(['standing', 'limits']) }}
    where
        limits.known_from_at > standing.known_from_at
        or limits.known_to_at < coalesce(standing.known_to_at, {{ end_of_time() }})

),

moments as (

    {{ cuts(['decided', 'deferred_by_then', 'limits_of_position'], key=['saving_ref', 'plan_year', 'period_key']) }}

),

pieces as (

    {{ cut_up(
        'standing',
        'moments',
        key=['saving_ref', 'plan_year', 'period_key'],
        columns=[
            'financial_year_key', 'directorate_code', 'submission_id', 'source_row', 'source_period_key',
            'is_carried_forward', 'original_baseline_gbp',
        ],
    ) }}

),

known_at_piece as (

    select
        pieces.*,
        limits.known_from_at as limits_from_at,
        decided.submission_id is not null as is_decided,
        coalesce(deferred_by_then.times_deferred, 0) as times_deferred
    from pieces
    inner join limits on {{ holds_at('limits', 'pieces.known_from_at') }}
    left join decided
        on pieces.saving_ref = decided.saving_ref
        and pieces.plan_year = decided.plan_year
        and pieces.period_key = decided.period_key
        and pieces.submission_id = decided.submission_id
        and {{ holds_at('decided', 'pieces.known_from_at') }}
    left join deferred_by_then
        on pieces.saving_ref = deferred_by_then.saving_ref
        and pieces.plan_year = deferred_by_then.plan_year
        and pieces.period_key = deferred_by_then.period_key
        and {{ holds_at('deferred_by_then', 'pieces.known_from_at') }}

)

-- Where a cut changes nothing, its two sides become one row again.
{{ joined_up(
    'known_at_piece',
    key=['saving_ref', 'plan_year', 'financial_year_key', 'period_key'],
    identity=[
        'directorate_code', 'submission_id', 'source_row', 'source_period_key', 'is_carried_forward',
        'original_baseline_gbp', 'is_decided', 'times_deferred', 'limits_from_at',
    ],
) }}
