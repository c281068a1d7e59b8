-- Saving lines by effective date: a saving_ref and the plan year in which it was first budgeted.
select
    saving_line_key,
    saving_ref,
    plan_year,
    saving_title,
    benefit_type,
    is_cashable,
    recurrence,
    maturity,
    replaces_ref,
    is_closed,
    directorate_code,
    valid_from,
    valid_to,
    is_current
from {{ ref('int_saving_line_version') }}
