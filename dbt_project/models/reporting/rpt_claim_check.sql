-- Every number that a report prints, against the warehouse, with the query that gives the value (K8).
select
    figure.published_figure_key,
    dim_report.report_code,
    figure.claim_ref,
    figure.measure,
    figure.directorate_code,
    figure.paragraph,
    figure.printed_text,
    figure.unit,
    figure.financial_year,
    figure.status_word,
    figure.as_at,
    figure.basis,
    figure.printed_value,
    figure.value_low,
    figure.value_high,
    figure.warehouse_measure,
    figure.warehouse_period,
    figure.warehouse_value,
    figure.difference,
    figure.beyond_rounding,
    figure.verdict,
    figure.reason,
    case
        when figure.warehouse_value is not null
            then
                'select ' || figure.warehouse_measure || ' from marts.rpt_cabinet_table_1'
                || ' where financial_year = ''' || substr(figure.financial_year, 1, 7) || ''''
                || ' and reporting_year = ''' || substr(figure.warehouse_period, 1, 7) || ''''
                || ' and reporting_period = ''' || substr(figure.warehouse_period, 9, 3) || ''''
                || ' and directorate_code = ''' || figure.directorate_code || ''''
    end as warehouse_query,
    figure.sort_order
from {{ ref('fct_published_figure') }} as figure
inner join {{ ref('dim_report') }} as dim_report on figure.report_key = dim_report.report_key
