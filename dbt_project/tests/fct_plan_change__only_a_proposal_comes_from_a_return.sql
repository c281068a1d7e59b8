-- R34: what a directorate sends is a proposal; what is in force is finance's and has a decision.
select plan_change_key
from {{ ref('fct_plan_change') }}
where
    (state = 'PROPOSED') <> (submission_key is not null)
    or (state = 'IN_FORCE') <> (decision_ref is not null)
