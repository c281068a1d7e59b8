-- R47: a bias nets what is too high against what is too low, so it is never larger than the mean absolute error.
select forecast_accuracy_key
from {{ ref('rpt_forecast_accuracy') }}
where
    error_gbp <> forecast_gbp - outturn_gbp
    or abs(error_gbp) > absolute_error_gbp
    or (bias is null) <> (outturn_gbp = 0)
    or (mean_absolute_error is null) <> (outturn_gbp = 0)
