-- The day that "today" means (R23): the as-at day of the latest open period, since the build reads no
-- clock. While no period is open, the last day there is.
select coalesce(max(as_at_date), date '9999-12-30') as today
from {{ ref('int_latest_period') }}
