-- Keys and spans of every staging model, as its YAML says them: a row for each row that breaks a rule.
{# Dagster shows it at a table, which none of them is. #}
{{ config(meta={'dagster': {'ref': {'name': 'int_submission_in_force'}}}) }}
-- depends_on: {{ ref('int_submission_in_force') }}

{{ rules_of_models([
    ref('stg_raw__submission'),
    ref('stg_raw__finding'),
    ref('stg_raw__rule'),
    ref('stg_raw__savings_line'),
    ref('stg_raw__deferral'),
    ref('stg_raw__project'),
    ref('stg_reference__directorate'),
    ref('stg_reference__service'),
    ref('stg_reference__financial_year'),
    ref('stg_reference__reporting_calendar'),
    ref('stg_reference__expected_return'),
    ref('stg_reference__approved_plan'),
    ref('stg_reference__plan_change'),
    ref('stg_reference__decision'),
    ref('stg_reference__setting'),
    ref('stg_reference__vocabulary'),
    ref('stg_reference__published_claim'),
    ref('stg_reference__report'),
    ref('stg_reference__printed_project'),
    ref('stg_raw__investment'),
    ref('stg_raw__risk'),
    ref('stg_raw__plan_change_proposal'),
    ref('stg_raw__pipeline'),
    ref('stg_reference__theme'),
    ref('stg_reference__workstream'),
    ref('stg_reference__council_value'),
    ref('stg_reference__programme_phase'),
    ref('stg_reference__year_phase'),
    ref('stg_reference__fund'),
    ref('stg_reference__budget_gap'),
    ref('stg_reference__printed_plan_total'),
]) }}
