-- The days of a year are as many as lie between its first and its last, both counted.
{{ config(meta={'dagster': {'ref': {'name': 'dim_date'}}}) }}

select {{ breaks(
    'dim_date__has_every_day_of_every_financial_year',
    ['financial_year.financial_year'],
    ['count(dim_date.date_day)'],
) }}
from {{ ref('dim_financial_year') }} as financial_year
left join {{ ref('dim_date') }} as dim_date
    on financial_year.financial_year_key = dim_date.reporting_year_key
group by financial_year.financial_year, financial_year.start_date, financial_year.end_date
having count(dim_date.date_day) <> 1 + {{ dbt.datediff('financial_year.start_date', 'financial_year.end_date', 'day') }}
