-- The latest open period that is complete: every directorate whose return is expected has its own in
-- force, which may be Nil (R39, G4). No row while there is none.
with

expected as (

    select
        expected_return.directorate_code,
        open_period.period_key
    from {{ ref('int_expected_return') }} as expected_return
    inner join {{ ref('int_open_period') }} as open_period on expected_return.period_key = open_period.period_key
    where expected_return.known_to_at is null and open_period.known_to_at is null

),

in_force as (

    select
        directorate_code,
        period_key
    from {{ ref('int_submission_in_force') }}
    where known_to_at is null

),

complete as (

    select expected.period_key
    from expected
    left join in_force
        on expected.directorate_code = in_force.directorate_code
        and expected.period_key = in_force.period_key
    group by expected.period_key
    having count(*) = count(in_force.period_key)

)

select period_key
from complete
qualify period_key = max(period_key) over ()
