-- Who answers today for what a directorate answered for (R23, "as now"): itself while it stands, else
-- its successor, through as many reorganisations as there were.
with recursive

latest as (

    select *
    from {{ ref('int_directorate_version') }}
    where is_current

),

-- Step by step: 10 reorganisations of one directorate are more than there will be, and end a circle.
followed as (

    select
        directorate_code,
        directorate_code as current_code,
        0 as steps
    from latest
    union all
    select
        followed.directorate_code,
        latest.successor_code as current_code,
        followed.steps + 1 as steps
    from followed
    inner join latest on followed.current_code = latest.directorate_code
    where latest.valid_to is not null and latest.successor_code is not null and followed.steps < 10

),

last_step as (

    select *
    from followed
    qualify row_number() over (partition by directorate_code order by steps desc) = 1

)

select
    last_step.directorate_code,
    last_step.current_code as current_directorate_code,
    latest.directorate_key as current_directorate_key
from last_step
inner join latest on last_step.current_code = latest.directorate_code
