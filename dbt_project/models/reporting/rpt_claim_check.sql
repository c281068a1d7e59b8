-- Every number that a report prints, against the warehouse, with the query that gives the value (K8).
{%- set table_1 = ref('rpt_cabinet_table_1') %}
-- The columns stand in the order of the contract, calculated or not.
select  -- noqa: ST06
    figure.published_figure_key,
    dim_report.report_code,
    figure.claim_ref,
    figure.measure,
    figure.directorate_code,
    figure.paragraph,
    figure.printed_text,
    figure.unit,
    figure.printed_year,
    figure.status_word,
    figure.printed_as_at_date,
    figure.basis,
    figure.printed_value,
    figure.value_low,
    figure.value_high,
    figure.warehouse_measure,
    figure.warehouse_period,
    figure.period_key,
    figure.warehouse_value,
    figure.difference,
    figure.beyond_rounding,
    figure.verdict,
    figure.reason,
    -- chr(39) is the quote.
    case
        when figure.warehouse_value is not null
            then
                'select ' || figure.warehouse_measure || ' from {{ table_1.schema }}.{{ table_1.identifier }}'
                || ' where plan_year = ' || chr(39) || substr(figure.printed_year, 1, 7) || chr(39)
                || ' and reporting_year = ' || chr(39) || substr(figure.warehouse_period, 1, 7) || chr(39)
                || ' and reporting_period = ' || chr(39) || substr(figure.warehouse_period, 9, 3) || chr(39)
                || ' and directorate_code = ' || chr(39) || figure.directorate_code || chr(39)
    end as warehouse_query,
    figure.sort_order
from {{ ref('fct_published_figure') }} as figure
inner join {{ ref('dim_report') }} as dim_report on figure.report_key = dim_report.report_key
