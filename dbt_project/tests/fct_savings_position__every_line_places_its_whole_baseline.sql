-- R01, R36: counted + deferred + undeliverable + unexplained = baseline, and nothing is placed twice.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_position'}}}) }}

select position_key
from {{ ref('fct_savings_position') }}
where
    baseline_gbp <> counted_projected_gbp + deferred_gbp + decided_undeliverable_gbp + unexplained_gbp
    or unexplained_gbp < 0
