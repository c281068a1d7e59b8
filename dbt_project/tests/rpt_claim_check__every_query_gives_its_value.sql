-- K8: every published figure that the warehouse has a value for has a query, and the query gives the value.
{%- set compared %}
select
    published_figure_key,
    warehouse_query
from {{ ref('rpt_claim_check') }}
where warehouse_query is not null
{%- endset %}

select
    published_figure_key,
    warehouse_value,
    'has no query' as problem
from {{ ref('rpt_claim_check') }}
where (warehouse_value is null) <> (warehouse_query is null)
{%- if execute and load_relation(ref('rpt_claim_check')) %}
{%- for row in run_query(compared) %}
union all
select
    published_figure_key,
    warehouse_value,
    'its query gives another value' as problem
from {{ ref('rpt_claim_check') }}
where
    published_figure_key = {{ row['published_figure_key'] }}
    and warehouse_value is distinct from ({{ row['warehouse_query'] }})
{%- endfor %}
{%- endif %}
