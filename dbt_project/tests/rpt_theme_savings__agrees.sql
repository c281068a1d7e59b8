-- R27, R41: over its themes no penny of the allocation is lost or made, so that their totals are the council's.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_theme_savings'}}}) }}

{{ shares_off('theme', ref('rpt_theme_savings')) }}
