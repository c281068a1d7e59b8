-- R27, R41: over its workstreams no penny of the allocation is lost or made, so that their totals are the council's.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_workstream_savings'}}}) }}

{{ shares_off('workstream', ref('rpt_workstream_savings')) }}
