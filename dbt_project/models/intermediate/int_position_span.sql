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

-- The spans in which the decision that a row names is recorded.
decided as (

    select
        line.submission_id,
        line.source_row,
        decision.known_from_at,
        decision.known_to_at
    from {{ ref('stg_raw__savings_line') }} as line
    inner join decision on line.decision_ref = decision.decision_ref
    where line.undeliverable_gbp > 0

),

-- What holds all along a span does not cut it.
decided_in_between as (

    select
        standing.saving_ref,
        standing.plan_year,
        standing.period_key,
        decided.known_from_at,
        decided.known_to_at
    from standing
    inner join decided
        on standing.submission_id = decided.submission_id
        and standing.source_row = decided.source_row
        and {{ holds_in_between('decided', 'standing') }}

),

deferred_in_between as (

    select
        standing.saving_ref,
        standing.plan_year,
        standing.period_key,
        deferrals.known_from_at,
        deferrals.known_to_at
    from standing
    inner join deferrals
        on standing.saving_ref = deferrals.saving_ref
        and standing.plan_year = deferrals.plan_year
        and {{ in_effect('deferrals', 'standing.period_key') }}
        and {{ holds_in_between('deferrals', 'standing') }}

),

limited_in_between as (

    select
        standing.saving_ref,
        standing.plan_year,
        standing.period_key,
        limits.known_from_at,
        limits.known_to_at
    from standing
    inner join limits on {{ holds_in_between('limits', 'standing') }}

),

moments as (

    {{ cuts(
        ['decided_in_between', 'deferred_in_between', 'limited_in_between'],
        key=['saving_ref', 'plan_year', 'period_key'],
    ) }}

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
        coalesce(deferrals.times_deferred, 0) as times_deferred
    from pieces
    inner join limits on {{ holds_at('limits', 'pieces.known_from_at') }}
    left join decided
        on pieces.submission_id = decided.submission_id
        and pieces.source_row = decided.source_row
        and {{ holds_at('decided', 'pieces.known_from_at') }}
    left join deferrals
        on pieces.saving_ref = deferrals.saving_ref
        and pieces.plan_year = deferrals.plan_year
        and {{ in_effect('deferrals', 'pieces.period_key') }}
        and {{ holds_at('deferrals', 'pieces.known_from_at') }}

),

-- Where a cut changes nothing, its two sides become one row again.
joined as (

    {{ joined_up(
        'known_at_piece',
        key=['saving_ref', 'plan_year', 'financial_year_key', 'period_key'],
        identity=[
            'directorate_code', 'submission_id', 'source_row', 'source_period_key', 'is_carried_forward',
            'original_baseline_gbp', 'is_decided', 'times_deferred', 'limits_from_at',
        ],
    ) }}

)

select *
from joined
