-- Reports whose printed figures are compared with the warehouse's (R50).
with

report as (

    {{ last_known(ref('stg_reference__report'), ['report_code']) }}

)

select
    {{ dimension_key('report', ['report_code']) }} as report_key,
    report_code,
    title,
    meeting_date
from report
