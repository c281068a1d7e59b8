-- R01, R39: on every row, total and directorate, each pound of the baseline has exactly one home.
select
    table_1_key,
    baseline_gbp
from {{ ref('rpt_cabinet_table_1') }}
where
    baseline_gbp <> coalesce(projected_gbp, 0) + coalesce(deferred_gbp, 0) + coalesce(undeliverable_gbp, 0)
    + coalesce(unexplained_gbp, 0) + not_reported_gbp
