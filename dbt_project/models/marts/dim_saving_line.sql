-- Saving lines by effective date: a saving_ref and the plan year in which it was first budgeted. Beside
-- the directorate of those days stands the one that the line belongs to today (R23, "as now").
with

saving_line as (

    select *
    from {{ ref('int_saving_line_version') }}

),

directorate_now as (

    select *
    from {{ ref('int_line_directorate_now') }}

)

select
    saving_line.saving_line_key,
    {{ dimension_key('saving', ['saving_line.saving_ref', 'saving_line.plan_year']) }} as saving_key,
    saving_line.saving_ref,
    saving_line.plan_year,
    saving_line.saving_title,
    saving_line.service_code,
    saving_line.benefit_type,
    saving_line.is_cashable,
    saving_line.recurrence,
    saving_line.maturity,
    saving_line.replaces_ref,
    saving_line.is_closed,
    saving_line.directorate_code,
    directorate_now.current_directorate_key,
    saving_line.valid_from,
    saving_line.valid_to,
    {{ applies_on('saving_line', 'today.today') }} as is_current
from saving_line
cross join {{ ref('int_today') }} as today
left join directorate_now
    on saving_line.saving_ref = directorate_now.saving_ref
    and saving_line.plan_year = directorate_now.plan_year
