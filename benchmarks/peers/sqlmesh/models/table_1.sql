MODEL (name marts.table_1, kind FULL, grain directorate_code, audits (unique_values(columns := (directorate_code))));

SELECT
  directorate_code,
  SUM(baseline_gbp) AS baseline_gbp,
  SUM(projected_gbp) AS projected_gbp,
  SUM(deferred_gbp) AS deferred_gbp,
  SUM(undeliverable_gbp) AS undeliverable_gbp
FROM raw.savings_line
GROUP BY directorate_code
