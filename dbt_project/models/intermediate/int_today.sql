-- The day that "today" means (R23): the as-at day of the latest open period, since the build reads no
-- clock. While no period is open, the last day there is.
select coalesce(max(period.as_at_date), date '9999-12-30') as today
from {{ ref('int_open_period') }} as open_period
inner join {{ ref('int_reporting_period') }} as period on open_period.period_key = period.period_key
where open_period.known_to_at is null
