"""pyspark and Great Expectations in one environment."""

from __future__ import annotations

import subprocess
import sys

from dbt_project.engines import Spark

# As a worker of pytest or of Dagster is started. Great Expectations looks for Spark Connect there, and pyspark ends the
# process without an error if it is not whole.
WITHOUT_MAIN = "import sys; sys.modules['__main__'].__spec__ = None; import great_expectations; print('went on')"


def test_a_process_without_a_main_module_goes_on(spark: Spark) -> None:
    told = subprocess.run([sys.executable, "-c", WITHOUT_MAIN], capture_output=True, text=True, check=True)
    assert told.stdout == "went on\n"


def test_a_night_beside_pyspark_warns_of_nothing(spark: Spark) -> None:
    """What PySpark says of pandas would be in the mail of every night's timer."""
    told = subprocess.run(
        [sys.executable, "-c", "import expectations.run_suites"], capture_output=True, text=True, check=True
    )
    assert told.stderr == ""
