-- Risks of each period, the one with most pounds first (P10); an action is overdue by the period's own as-at
-- day, never by today's, so that a period reads the same whenever it is built.
with

risk as (

    select
        risk.*,
        directorate.directorate_code,
        directorate.directorate_name
    from {{ ref('fct_risk') }} as risk
    inner join {{ ref('dim_directorate') }} as directorate on risk.directorate_key = directorate.directorate_key
    where risk.is_current

)

-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    {{ surrogate_key('top_risk', ['risk.period_key', 'risk.directorate_code', 'risk.risk_ref']) }} as top_risk_key,
    period.reporting_year,
    period.reporting_period,
    risk.period_key,
    cast(row_number() over (
        partition by risk.period_key
        order by risk.impact_gbp desc, risk.likelihood desc, risk.directorate_code asc, risk.risk_ref asc
    ) as integer) as rank_no,
    risk.directorate_code,
    risk.directorate_name,
    risk.risk_ref,
    risk.saving_key,
    risk.saving_ref,
    risk.plan_year,
    saving_line.saving_title,
    risk.description,
    risk.likelihood,
    risk.impact_gbp,
    risk.current_rating,
    risk.residual_rating,
    risk.owner_post,
    risk.mitigation,
    risk.due_date,
    coalesce(risk.due_date < period.as_at_date, false) as is_overdue,
    risk.is_carried_forward,
    period.is_latest_period,
    period.is_latest_complete_period
from risk
inner join {{ ref('dim_reporting_period') }} as period on risk.period_key = period.period_key
left join {{ ref('dim_saving_line') }} as saving_line on risk.saving_line_key = saving_line.saving_line_key
