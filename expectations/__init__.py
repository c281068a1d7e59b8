"""What a reader may rely on: Great Expectations suites over the candidate, and the evidence record.

Here belongs everything between a built candidate and the permission to publish it. Not here: keys,
relations and arithmetic of a table (dbt's tests), publishing, Dagster.
"""

import warnings

# Where PySpark is installed Great Expectations imports it, and it warns of a pandas that nothing here gives to it.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
