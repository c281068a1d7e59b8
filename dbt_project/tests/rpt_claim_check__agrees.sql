-- K8: every published figure that the warehouse has a value for has a query, and the query gives the value.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_claim_check'}}}) }}
{%- set compared %}
select
    published_figure_key,
    warehouse_query
from {{ ref('rpt_claim_check') }}
where warehouse_query is not null
{%- endset %}

select {{ breaks(
    'rpt_claim_check__every_query_gives_its_value',
    ['published_figure_key'],
    ['warehouse_value', "'has no query'"],
) }}
from {{ ref('rpt_claim_check') }}
where (warehouse_value is null) <> (warehouse_query is null)
{%- if execute and load_relation(ref('rpt_claim_check')) %}
{%- for row in run_query(compared) %}
union all
select {{ breaks(
    'rpt_claim_check__every_query_gives_its_value',
    ['published_figure_key'],
    ['warehouse_value', "'is not what its query gives'"],
) }}
from {{ ref('rpt_claim_check') }}
where
    published_figure_key = {{ row['published_figure_key'] }}
    and warehouse_value is distinct from ({{ row['warehouse_query'] }})
{%- endfor %}
{%- endif %}
