-- A claim is compared with columns of Table 1 alone: each name between its "+" is one of them (R50).
{{ config(meta={'dagster': {'ref': {'name': 'fct_published_figure'}}}) }}

with

measures as (
    {% for measure in table_1_measures() %}
    select '{{ measure }}' as measure
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

counted as (

    select
        figure.claim_ref,
        figure.measure,
        figure.directorate_code,
        figure.warehouse_measure,
        count(measures.measure) as columns_found
    from {{ ref('fct_published_figure') }} as figure
    left join measures
        on position('+' || measures.measure || '+' in '+' || figure.warehouse_measure || '+') > 0
    where figure.warehouse_measure is not null
    group by figure.claim_ref, figure.measure, figure.directorate_code, figure.warehouse_measure

)

select {{ breaks(
    'fct_published_figure__every_warehouse_measure_is_of_table_1',
    ['claim_ref', 'measure', 'directorate_code'],
    ['warehouse_measure'],
) }}
from counted
where columns_found <> length(warehouse_measure) - length(replace(warehouse_measure, '+', '')) + 1
