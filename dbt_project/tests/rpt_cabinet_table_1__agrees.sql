-- What rpt_cabinet_table_1 has to agree with, beyond its own rows.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_cabinet_table_1'}}}) }}

-- K4: over current cashable rows each bucket of the allocation equals that of the positions and that of Table 1.
select
    rule,
    key,
    value
from (
    {%- set columns_of_buckets = {
        'PROJECTED': ('counted_projected_gbp', 'projected_gbp'),
        'DEFERRED': ('deferred_gbp', 'deferred_gbp'),
        'UNDELIVERABLE': ('decided_undeliverable_gbp', 'undeliverable_gbp'),
        'UNEXPLAINED': ('unexplained_gbp', 'unexplained_gbp'),
    } %}

    with

    directorates as (

        select
            directorate_key,
            directorate_code
        from {{ ref('dim_directorate') }}

    ),

    amounts as (

        select
            directorates.directorate_code,
            allocation.plan_year_key,
            allocation.period_key,
            allocation.bucket,
            allocation.amount_gbp as allocated_gbp,
            0 as positioned_gbp,
            0 as shown_gbp
        from {{ ref('fct_savings_allocation') }} as allocation
        inner join directorates on allocation.directorate_key = directorates.directorate_key
        where allocation.is_current and allocation.is_cashable
        {%- for bucket, (position_column, table_1_column) in columns_of_buckets.items() %}
        union all
        select
            directorates.directorate_code,
            line.plan_year_key,
            line.period_key,
            '{{ bucket }}' as bucket,
            0 as allocated_gbp,
            line.{{ position_column }} as positioned_gbp,
            0 as shown_gbp
        from {{ ref('fct_savings_position') }} as line
        inner join directorates on line.directorate_key = directorates.directorate_key
        where line.is_current and line.is_cashable
        union all
        select
            directorate_code,
            {{ financial_year_key('plan_year') }} as plan_year_key,
            {{ period_key('reporting_year', 'reporting_period') }} as period_key,
            '{{ bucket }}' as bucket,
            0 as allocated_gbp,
            0 as positioned_gbp,
            coalesce({{ table_1_column }}, 0) as shown_gbp
        from {{ ref('rpt_cabinet_table_1') }}
        where not is_total
        {%- endfor %}

    ),

    pence as (

        select
            directorate_code,
            plan_year_key,
            period_key,
            bucket,
            cast(sum(allocated_gbp) * 100 as bigint) as allocated_pence,
            cast(sum(positioned_gbp) * 100 as bigint) as positioned_pence,
            cast(sum(shown_gbp) * 100 as bigint) as shown_pence
        from amounts
        group by directorate_code, plan_year_key, period_key, bucket

    )

    select {{ breaks(
        'rpt_cabinet_table_1__equals_allocation_and_positions_in_pence',
        ['directorate_code', 'plan_year_key', 'period_key', 'bucket'],
        ['allocated_pence', 'positioned_pence', 'shown_pence'],
    ) }}
    from pence
    where allocated_pence <> positioned_pence or allocated_pence <> shown_pence
) as equals_allocation_and_positions

union all

-- K4: in every column the rows of Table 1 add up to its total, and where no row has a figure the total has none.
select
    rule,
    key,
    value
from (
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

    select {{ breaks(
        'rpt_cabinet_table_1__rows_sum_to_the_total',
        ['plan_year', 'reporting_year', 'reporting_period'],
        ['baseline_gbp_of_rows', 'baseline_gbp_of_total'],
    ) }}
    from sums
    where
        false
        {%- for measure in table_1_measures() %}
        or {{ measure }}_of_rows is distinct from {{ measure }}_of_total
        {%- endfor %}
) as rows_sum_to_the
