"""What a return is and how one is received: custody, guarded reading, judgement, typed lines.

Here belongs everything between a file that lands and a verdict on it. Not here: SQL, figures
derived from several lines, checks of published tables, Dagster.
"""
