-- The adjusted projection lies between its low and its high, and is there exactly where a year was closed.
select realism_projection_key
from {{ ref('rpt_realism_projection') }}
where
    adjusted_gbp < adjusted_low_gbp
    or adjusted_gbp > adjusted_high_gbp
    or adjusted_high_gbp > baseline_gbp
    or (adjusted_gbp is null) <> (basis = 'no closed year')
