-- Every figure that a report prints, beside the warehouse's own (R50).
with

claims as (

    select
        *,
        {{ period_key('substr(warehouse_period, 1, 7)', 'substr(warehouse_period, 9, 3)') }} as period_key
    from {{ ref('stg_reference__published_claim') }}
    where known_to_at is null

),

-- Table 1 with one row a measure, so that a claim may name one or several.
figures as (

    {%- for measure in table_1_measures() %}
    select
        {{ financial_year('plan_year_key') }} as plan_year,
        period_key,
        directorate_code,
        is_incomplete,
        '{{ measure }}' as warehouse_measure,
        {{ measure }} as amount_gbp
    from {{ ref('int_table_1') }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}

),

-- The first year that a claim names is its plan year: "2021/22 to 2022/23" is work of 2021/22. A sum of which one
-- amount is not known is not known.
warehouse_values as (

    select
        claims.claim_ref,
        claims.measure,
        claims.directorate_code,
        case when count(figures.amount_gbp) = count(*) then sum(figures.amount_gbp) end as warehouse_value,
        bool_or(figures.is_incomplete) as is_incomplete
    from claims
    inner join figures
        on substr(claims.financial_year, 1, 7) = figures.plan_year
        and claims.period_key = figures.period_key
        and claims.directorate_code = figures.directorate_code
        and position('+' || figures.warehouse_measure || '+' in '+' || claims.warehouse_measure || '+') > 0
    where claims.is_testable
    group by claims.claim_ref, claims.measure, claims.directorate_code

),

paired as (

    select
        claims.*,
        warehouse_values.warehouse_value,
        warehouse_values.is_incomplete,
        claims.printed_value is not null and warehouse_values.warehouse_value is not null as is_compared
    from claims
    left join warehouse_values
        on claims.claim_ref = warehouse_values.claim_ref
        and claims.measure = warehouse_values.measure
        and claims.directorate_code = warehouse_values.directorate_code

),

-- The interval is open above: 5.8m is 5,750,000 and is not 5,850,000.
compared as (

    select
        *,
        case when is_compared then printed_value - warehouse_value end as difference,
        case
            when is_compared then greatest(value_low - warehouse_value, warehouse_value - value_high, 0)
        end as beyond_rounding,
        case
            when not is_compared then 'NOT_TESTABLE'
            when warehouse_value < value_low or warehouse_value >= value_high then 'NO_MATCH'
            when caveat is not null then 'MATCH_WITH_CAVEAT'
            else 'MATCH'
        end as verdict
    from paired

)

select
    {{ surrogate_key('claim', ['claim_ref', 'measure', 'directorate_code']) }} as published_figure_key,
    {{ dimension_key('report', ['report_code']) }} as report_key,
    claim_ref,
    measure,
    directorate_code,
    paragraph,
    printed_text,
    unit,
    financial_year as printed_year,
    status_word,
    as_at as printed_as_at_date,
    basis,
    cast(printed_value as decimal(18, 6)) as printed_value,
    cast(value_low as decimal(18, 6)) as value_low,
    cast(value_high as decimal(18, 6)) as value_high,
    warehouse_measure,
    warehouse_period,
    period_key,
    cast(warehouse_value as decimal(18, 6)) as warehouse_value,
    cast(difference as decimal(18, 6)) as difference,
    cast(beyond_rounding as decimal(18, 6)) as beyond_rounding,
    verdict,
    case
        when not is_testable then coalesce(caveat, 'Not a figure of Table 1, nor a sum of its figures.')
        when printed_value is null then 'The report prints no single value.'
        when warehouse_value is null then 'Table 1 has no figure for this year, period and directorate.'
        when verdict = 'NO_MATCH' and is_incomplete
            then 'Table 1 is incomplete: a directorate that is expected has not reported.'
        when verdict = 'NO_MATCH' then coalesce(caveat, 'More than rounding lies between the two.')
        else caveat
    end as reason,
    sort_order
from compared
