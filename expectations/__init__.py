"""What a reader may rely on: Great Expectations suites over the candidate, and the evidence record.

Here belongs everything between a built candidate and the permission to publish it. Not here: keys,
relations and arithmetic of a table (dbt's tests), publishing, Dagster.
"""
