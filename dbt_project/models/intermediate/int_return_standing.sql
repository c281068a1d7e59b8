-- Whose return stands for a directorate in an open period, and when (R16, R38): its own, else that
-- of its latest earlier period in force of that year.
with

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}

),

returns_so_far as (

    select
        in_force.directorate_code,
        open_period.financial_year_key,
        open_period.period_key,
        in_force.submission_id,
        in_force.period_key as source_period_key,
        {{ common_span(['open_period', 'in_force']) }}
    from open_period
    inner join in_force
        on open_period.financial_year_key = in_force.financial_year_key
        and open_period.period_key >= in_force.period_key
        and {{ overlap(['open_period', 'in_force']) }}

),

standing as (

    {{ first_standing(
        'returns_so_far',
        key=['directorate_code', 'financial_year_key', 'period_key'],
        identity=['submission_id', 'source_period_key'],
        first_by='candidate.source_period_key desc',
    ) }}

)

select
    directorate_code,
    financial_year_key,
    period_key,
    submission_id,
    source_period_key,
    known_from_at,
    known_to_at,
    source_period_key < period_key as is_carried_forward
from standing
