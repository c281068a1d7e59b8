-- R24: so the council's baseline stays what it was.
select
    change_ref,
    plan_year_key,
    effective_period_key,
    sum(amount_gbp) as net_gbp
from {{ ref('fct_plan_change') }}
where state = 'IN_FORCE' and change_type = 'Transfer' and is_current
group by change_ref, plan_year_key, effective_period_key
having sum(amount_gbp) <> 0
