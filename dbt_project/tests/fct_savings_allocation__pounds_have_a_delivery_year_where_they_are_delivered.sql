-- R05: what is deferred moves to a later year than its plan year and that of its figures; what is
-- undeliverable or unexplained has no year, and no row is of 0.
{{ config(meta={'dagster': {'ref': {'name': 'fct_savings_allocation'}}}) }}

select allocation_key
from {{ ref('fct_savings_allocation') }}
where
    amount_gbp = 0
    or (bucket in ('PROJECTED', 'DEFERRED')) <> (delivery_year_key <> {{ no_financial_year_key() }})
    or (bucket = 'PROJECTED' and delivery_year_key < plan_year_key)
    or (bucket = 'DEFERRED' and delivery_year_key <= plan_year_key)
