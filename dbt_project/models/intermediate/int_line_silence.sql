-- Where a return ends what was carried of a line without saying anything that counts: it leaves out an
-- unclosed replacement that its directorate sent before (F3), or holds the line in a row that is not
-- registered (F4). One row a line, open period and such return, in spans of knowledge.
with

in_force as (

    select *
    from {{ ref('int_submission_in_force') }}

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}

),

open_period as (

    select *
    from {{ ref('int_open_period') }}

),

replacement as (

    select *
    from {{ ref('int_line_in_force') }}
    where is_replacement

),

first_sent as (

    select
        saving_ref,
        plan_year,
        directorate_code,
        min(period_key) as period_key
    from replacement
    group by saving_ref, plan_year, directorate_code

),

left_out as (

    select
        first_sent.saving_ref,
        first_sent.plan_year,
        in_force.directorate_code,
        in_force.financial_year_key,
        in_force.period_key,
        in_force.known_from_at,
        in_force.known_to_at
    from first_sent
    inner join in_force
        on first_sent.directorate_code = in_force.directorate_code
        and first_sent.period_key < in_force.period_key
    left join line
        on in_force.submission_id = line.submission_id
        and first_sent.saving_ref = line.saving_ref
        and first_sent.plan_year = line.plan_year
    where line.submission_id is null

),

-- A replacement has no baseline, so nothing of it is deferred or unexplained: the close of a year of its
-- own closes it (R51), and it need not be sent again.
with_closure as (

    select
        *,
        0 as is_closed
    from left_out
    union all
    select
        left_out.saving_ref,
        left_out.plan_year,
        left_out.directorate_code,
        left_out.financial_year_key,
        left_out.period_key,
        {{ common_span(['left_out', 'replacement']) }},
        1 as is_closed
    from left_out
    inner join replacement
        on left_out.saving_ref = replacement.saving_ref
        and left_out.plan_year = replacement.plan_year
        and left_out.financial_year_key > replacement.financial_year_key
        and replacement.plan_year_key <= replacement.financial_year_key
        and {{ overlap(['left_out', 'replacement']) }}

),

closure as (

    {{ first_standing(
        'with_closure',
        key=['saving_ref', 'plan_year', 'directorate_code', 'period_key'],
        identity=['is_closed'],
        first_by='candidate.is_closed desc',
    ) }}

),

unclosed as (

    select *
    from closure
    where is_closed = 0

),

-- What was registered from the first moment on, and still is, can be left aside.
always_registered as (

    select
        registered.submission_id,
        registered.source_row
    from {{ ref('int_line_registration') }} as registered
    inner join {{ ref('stg_raw__submission') }} as submission on registered.submission_id = submission.submission_id
    where registered.known_to_at is null and registered.known_from_at = submission.accepted_at

),

standing_return as (

    select *
    from {{ ref('int_return_standing') }}

)

select
    unclosed.saving_ref,
    unclosed.plan_year,
    unclosed.directorate_code,
    open_period.financial_year_key,
    open_period.period_key,
    unclosed.period_key as source_period_key,
    true as is_left_out,
    true as is_replacement,
    {{ common_span(['unclosed', 'open_period']) }}
from unclosed
inner join open_period
    on unclosed.period_key <= open_period.period_key
    and {{ overlap(['unclosed', 'open_period']) }}
union all
select
    line.saving_ref,
    line.plan_year,
    standing_return.directorate_code,
    standing_return.financial_year_key,
    standing_return.period_key,
    standing_return.source_period_key,
    false as is_left_out,
    line.is_replacement,
    standing_return.known_from_at,
    standing_return.known_to_at
from standing_return
inner join line on standing_return.submission_id = line.submission_id
left join always_registered
    on line.submission_id = always_registered.submission_id
    and line.source_row = always_registered.source_row
where always_registered.submission_id is null
