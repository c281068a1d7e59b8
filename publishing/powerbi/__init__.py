"""A Power BI project of the release: a semantic model with the metrics as measures, and an empty report on it.

Here belongs all that a BI author opens in Power BI Desktop. Not here: the metrics themselves
(``dbt_project/models/marts``), and the copy in PostgreSQL that the model reads (``publishing.postgres``).
"""
