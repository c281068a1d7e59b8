-- K4: in every column the rows of Table 1 add up to its total, and where no row has a figure the total has none.
with

sums as (

    select
        plan_year,
        reporting_year,
        reporting_period,
        {%- for measure in table_1_measures() %}
        sum({{ measure }}) filter (where not is_total) as {{ measure }}_of_rows,
        sum({{ measure }}) filter (where is_total) as {{ measure }}_of_total,
        {%- endfor %}
        count(*) as row_count
    from {{ ref('rpt_cabinet_table_1') }}
    group by plan_year, reporting_year, reporting_period

)

select *
from sums
where
    false
    {%- for measure in table_1_measures() %}
    or {{ measure }}_of_rows is distinct from {{ measure }}_of_total
    {%- endfor %}
