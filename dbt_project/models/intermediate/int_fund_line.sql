-- The lines that name a fund line (R28), as they stand in the latest open period: cashable (R45), and with a
-- baseline of their own, for no pound of a replacement counts (R35).
with

position as (

    select *
    from {{ ref('int_position') }}
    where is_current and is_cashable and not is_replacement

),

line as (

    select *
    from {{ ref('stg_raw__savings_line') }}
    where fund_ref is not null

),

named as (

    select
        line.fund_ref,
        line.project_ref,
        position.saving_ref,
        position.plan_year,
        position.period_key,
        latest_open.as_at_date,
        line.projected_gbp,
        line.full_year_effect_gbp,
        position.counted_projected_gbp,
        position.over_achieved_gbp
    from position
    inner join {{ ref('int_latest_period') }} as latest_open on position.period_key = latest_open.period_key
    inner join line
        on position.submission_id = line.submission_id
        and position.source_row = line.source_row

)

select
    named.fund_ref,
    named.project_ref,
    named.saving_ref,
    named.plan_year,
    named.period_key,
    case when saving_line.recurrence = 'Recurrent' then {{ counted_full_year_effect('named') }} end
        as recurrent_effect_gbp
from named
inner join {{ ref('int_saving_line_version') }} as saving_line
    on named.saving_ref = saving_line.saving_ref
    and named.plan_year = saving_line.plan_year
    and {{ applies_on('saving_line', 'named.as_at_date') }}
inner join {{ ref('int_project_version') }} as project
    on named.project_ref = project.project_ref
    and {{ applies_on('project', 'named.as_at_date') }}
