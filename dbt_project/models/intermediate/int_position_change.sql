-- Each amount of a saving that differs from the open period before, with one cause, the first that applies:
-- the line has moved, a decision wrote it off, finance changed the plan, the period was restated, figures are
-- carried, or the directorate's own figure is another.
{%- set by_baseline = [
    'baseline_gbp', 'original_baseline_gbp', 'counted_projected_gbp', 'unexplained_gbp', 'over_achieved_gbp',
] %}
{%- set by_decision = ['decided_undeliverable_gbp', 'unexplained_gbp'] %}
with

step as (

    select *
    from {{ ref('int_position_step') }}

),

plan_change as (

    select *
    from {{ ref('int_plan_change') }}
    where known_to_at is null

),

-- What finance changed of the line after the period before, up to this one.
changed as (

    select
        step.saving_ref,
        step.plan_year,
        step.period_key,
        max(plan_change.decision_ref) as decision_ref
    from step
    inner join plan_change
        on step.saving_ref = plan_change.saving_ref
        and step.plan_year = plan_change.plan_year
        and step.previous_period_key < plan_change.effective_period_key
        and step.period_key >= plan_change.effective_period_key
    group by step.saving_ref, step.plan_year, step.period_key

),

step_with_plan as (

    select
        step.*,
        changed.decision_ref as plan_decision_ref,
        step.is_new or step.is_gone as is_whole,
        step.decided_undeliverable_gbp <> step.previous_decided_undeliverable_gbp as is_decided,
        case
            when step.is_new or step.is_gone then changed.saving_ref is not null
            when step.baseline_gbp <> step.previous_baseline_gbp then true
            else step.original_baseline_gbp <> step.previous_original_baseline_gbp
        end as is_planned
    from step
    left join changed
        on step.saving_ref = changed.saving_ref
        and step.plan_year = changed.plan_year
        and step.period_key = changed.period_key

),

changes as (

    {% for measure in position_measures() -%}
    select
        saving_ref,
        plan_year,
        period_key,
        period_no,
        directorate_code,
        submission_id,
        is_cashable,
        '{{ measure }}' as measure,
        {{ measure }} - previous_{{ measure }} as difference_gbp,
        case
            when is_moved then 'moved'
            {%- if measure in by_decision %}
            when is_decided then 'decision'
            {%- endif %}
            when is_planned{{ '' if measure in by_baseline else ' and is_whole' }} then 'plan change'
            when is_restated and not is_carried_forward then 'restated'
            when is_carried_forward then 'carried'
            else 'own figure'
        end as cause,
        decision_ref as line_decision_ref,
        plan_decision_ref
    from step_with_plan
    where {{ measure }} <> previous_{{ measure }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    saving_ref,
    plan_year,
    period_key,
    period_no,
    directorate_code,
    submission_id,
    is_cashable,
    measure,
    {{ money('difference_gbp') }} as difference_gbp,
    cause,
    case
        when cause = 'decision' then line_decision_ref
        when cause in ('moved', 'plan change') then plan_decision_ref
    end as decision_ref
from changes
