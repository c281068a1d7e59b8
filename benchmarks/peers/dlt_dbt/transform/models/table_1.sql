select
    directorate_code,
    sum(baseline_gbp) as baseline_gbp,
    sum(projected_gbp) as projected_gbp,
    sum(deferred_gbp) as deferred_gbp,
    sum(undeliverable_gbp) as undeliverable_gbp
from {{ source('raw', 'savings_line') }}
group by directorate_code
