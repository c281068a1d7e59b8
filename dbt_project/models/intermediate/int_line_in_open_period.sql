-- The rows of returns that may stand for a line in an open period (R38, R51): its own, and those of earlier periods
-- that are carried, as long as the council keeps lines. Which of them stands is for int_line_standing.
with

line_in_force as (

    select *
    from {{ ref('int_line_in_force') }}

),

-- Most rows give way for good to those of the next period. Years that opened after that need not be
-- looked at: without this, every row would be held against every later period.
reported as (

    select
        *,
        case when known_to_at is null then lead(period_key) over lasting end as next_period_key,
        case when known_to_at is null then lead(financial_year_key) over lasting end as next_year_key,
        case when known_to_at is null then lead(known_from_at) over lasting end as next_from_at
    from line_in_force
    window lasting as (
        partition by saving_ref, plan_year, known_to_at is null
        order by period_key
    )

),

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

opened_year as (

    select
        financial_year_key,
        min(known_from_at) as known_from_at
    from open_period
    group by financial_year_key

),

-- By year first: rows and periods then meet by a key, not each with each.
reported_and_year as (

    select
        reported.*,
        opened_year.financial_year_key as open_year_key
    from reported
    inner join opened_year
        on reported.financial_year_key <= opened_year.financial_year_key
    where
        reported.plan_year_key <= reported.financial_year_key
        and (
            reported.next_period_key is null
            or reported.next_year_key >= opened_year.financial_year_key
            or reported.next_from_at > opened_year.known_from_at
        )

),

years_kept as (

    select
        cast(setting_value as integer) as number_of_years,
        known_from_at,
        known_to_at
    from {{ ref('stg_reference__setting') }}
    where setting_name = 'years_kept'

)

-- What was sent for a later plan year is not carried; once the years are over, a line is carried within the year
-- in which it was sent.
select
    reported.saving_ref,
    reported.plan_year,
    reported.is_replacement,
    reported.directorate_code,
    reported.period_key as source_period_key,
    reported.submission_id,
    reported.receipt_seq,
    reported.source_row,
    reported.is_moved,
    open_period.financial_year_key,
    open_period.period_key,
    {{ common_span(['reported', 'open_period']) }}
from reported
inner join open_period
    on reported.period_key = open_period.period_key
    and {{ overlap(['reported', 'open_period']) }}
union all
select
    reported.saving_ref,
    reported.plan_year,
    reported.is_replacement,
    reported.directorate_code,
    reported.period_key as source_period_key,
    reported.submission_id,
    reported.receipt_seq,
    reported.source_row,
    reported.is_moved,
    open_period.financial_year_key,
    open_period.period_key,
    {{ common_span(['reported', 'open_period', 'years_kept']) }}
from reported_and_year as reported
inner join open_period
    on reported.open_year_key = open_period.financial_year_key
    and reported.period_key < open_period.period_key
    and (
        reported.next_period_key is null
        or reported.next_period_key > open_period.period_key
        or reported.next_from_at > open_period.known_from_at
    )
    and {{ overlap(['reported', 'open_period']) }}
inner join years_kept
    on open_period.financial_year_key
    <= greatest(reported.plan_year_key + years_kept.number_of_years, reported.financial_year_key)
    and {{ overlap(['reported', 'years_kept']) }}
    and {{ overlap(['open_period', 'years_kept']) }}
