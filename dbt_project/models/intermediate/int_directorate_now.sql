-- Who answers today for what a directorate answered for (R23, "as now"): itself while it stands, else
-- its successor, through as many reorganisations as there were. One that is announced moves nothing yet.
with recursive

standing as (

    select
        version.directorate_key,
        version.directorate_code,
        case when version.valid_to < today.today then version.successor_code end as successor_code
    from {{ ref('int_directorate_version') }} as version
    inner join {{ ref('int_today') }} as today on {{ applies_on('version', 'today.today') }}

),

-- Step by step: 10 reorganisations of one directorate are more than there will be, and end a circle.
followed as (

    select
        directorate_code,
        directorate_code as current_code,
        0 as steps
    from standing
    union all
    select
        followed.directorate_code,
        standing.successor_code as current_code,
        followed.steps + 1 as steps
    from followed
    inner join standing on followed.current_code = standing.directorate_code
    where standing.successor_code is not null and followed.steps < 10

),

last_step as (

    select *
    from followed
    qualify row_number() over (partition by directorate_code order by steps desc) = 1

)

select
    last_step.directorate_code,
    last_step.current_code as current_directorate_code,
    standing.directorate_key as current_directorate_key
from last_step
inner join standing on last_step.current_code = standing.directorate_code
