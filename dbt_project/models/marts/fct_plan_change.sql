-- Changes of the plan: PROPOSED on the PlanChanges sheet of a return that stands, which moves nothing,
-- and IN_FORCE by finance's decision (R34). A transfer in force is two rows that net to zero (R24).
with

proposed as (

    select
        'PROPOSED' as state,
        return_span.submission_id,
        return_span.submission_key,
        return_span.span_no,
        proposal.change_ref,
        proposal.change_type,
        proposal.saving_ref,
        proposal.plan_year,
        proposal.plan_year_key,
        cast(null as {{ dbt.type_string() }}) as counterpart_ref,
        return_span.directorate_key,
        proposal.to_directorate_code,
        case when proposal.change_type in ('New', 'Increase') then proposal.amount_gbp else -proposal.amount_gbp end
            as amount_gbp,
        proposal.amount_gbp_cell,
        proposal.reason,
        cast(null as {{ dbt.type_string() }}) as decision_ref,
        cast(null as integer) as effective_period_key,
        return_span.reporting_year_key,
        return_span.period_key,
        return_span.as_at_date,
        return_span.is_latest_period,
        return_span.is_latest_complete_period,
        return_span.is_carried_forward,
        return_span.carried_from_period_key,
        return_span.known_from_at,
        return_span.known_to_at,
        proposal.source_sheet,
        proposal.source_row,
        proposal.row_hash
    from {{ ref('int_return_span') }} as return_span
    inner join {{ ref('stg_raw__plan_change_proposal') }} as proposal
        on return_span.submission_id = proposal.submission_id

),

-- The plan in force has no periods of reporting: what is known now is its latest.
in_force as (

    select
        'IN_FORCE' as state,
        cast(null as {{ dbt.type_string() }}) as submission_id,
        cast(null as bigint) as submission_key,
        plan_change.span_no,
        plan_change.change_ref,
        plan_change.change_type,
        plan_change.saving_ref,
        plan_change.plan_year,
        plan_change.plan_year_key,
        plan_change.counterpart_ref,
        directorate.directorate_key,
        cast(null as {{ dbt.type_string() }}) as to_directorate_code,
        plan_change.amount_gbp,
        cast(null as {{ dbt.type_string() }}) as amount_gbp_cell,
        cast(null as {{ dbt.type_string() }}) as reason,
        plan_change.decision_ref,
        plan_change.effective_period_key,
        cast(null as integer) as reporting_year_key,
        cast(null as integer) as period_key,
        coalesce(period.as_at_date, date '9999-12-30') as as_at_date,
        plan_change.known_to_at is null as is_latest_period,
        plan_change.known_to_at is null as is_latest_complete_period,
        false as is_carried_forward,
        cast(null as integer) as carried_from_period_key,
        plan_change.known_from_at,
        plan_change.known_to_at,
        cast(null as {{ dbt.type_string() }}) as source_sheet,
        cast(null as integer) as source_row,
        cast(null as {{ dbt.type_string() }}) as row_hash
    from {{ ref('int_plan_change') }} as plan_change
    left join {{ ref('int_reporting_period') }} as period
        on plan_change.effective_period_key = period.period_key
    left join {{ ref('int_directorate_version') }} as directorate
        on plan_change.directorate_code = directorate.directorate_code
        and {{ applies_on('directorate', "coalesce(period.as_at_date, date '9999-12-30')") }}

),

change as (

    select *
    from proposed
    union all
    select *
    from in_force

),

saving_line as (

    select *
    from {{ ref('int_saving_line_version') }}

),

decision as (

    {{ last_known(ref('stg_reference__decision'), ['decision_ref']) }}

)

select
    {{ surrogate_key('plan_change', [
        'change.state', 'change.change_ref', 'change.saving_ref', 'change.plan_year', 'change.period_key',
        'change.submission_id', 'change.span_no',
    ]) }} as plan_change_key,
    change.span_no,
    change.state,
    change.change_ref,
    change.change_type,
    {{ dimension_key('saving', ['change.saving_ref', 'change.plan_year']) }} as saving_key,
    saving_line.saving_line_key,
    change.saving_ref,
    change.plan_year,
    counterpart.saving_line_key as counterpart_saving_line_key,
    change.counterpart_ref,
    change.directorate_key,
    receiver.directorate_key as to_directorate_key,
    change.plan_year_key,
    change.effective_period_key,
    change.reporting_year_key,
    change.period_key,
    change.submission_key,
    {{ money('change.amount_gbp') }} as amount_gbp,
    change.amount_gbp_cell,
    change.reason,
    change.decision_ref,
    decision.decided_on as approved_on,
    change.known_to_at is null as is_current,
    change.is_latest_period,
    change.is_latest_complete_period,
    change.is_carried_forward,
    change.carried_from_period_key,
    change.known_from_at as valid_from_at,
    change.known_to_at as valid_to_at,
    change.source_sheet,
    change.source_row,
    change.row_hash
from change
left join saving_line
    on change.saving_ref = saving_line.saving_ref
    and change.plan_year = saving_line.plan_year
    and {{ applies_on('saving_line', 'change.as_at_date') }}
left join saving_line as counterpart
    on change.counterpart_ref = counterpart.saving_ref
    and change.plan_year = counterpart.plan_year
    and {{ applies_on('counterpart', 'change.as_at_date') }}
left join {{ ref('int_directorate_version') }} as receiver
    on change.to_directorate_code = receiver.directorate_code
    and {{ applies_on('receiver', 'change.as_at_date') }}
left join decision on change.decision_ref = decision.decision_ref
