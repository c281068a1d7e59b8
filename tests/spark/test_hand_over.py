"""Spark takes the candidate's inputs from a folder that all of its machines see, or the build says that they do not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from dbt_project.engines import Spark
from dbt_project.invocation import DbtFailed


class WithoutTheFolder:
    """Stands for a session on machines of which one does not see the folder."""

    catalog = SimpleNamespace(databaseExists=lambda name: False)

    def sql(self, statement: str) -> None:
        """Take what needs no file."""
        from pyspark.errors import AnalysisException  # what a machine without Spark does not have

        if "using parquet" in statement:
            raise AnalysisException("[PATH_NOT_FOUND] Path does not exist.")


def test_a_folder_that_the_cluster_does_not_see_is_named_with_what_it_is_for(spark: Spark, tmp_path: Path) -> None:
    from dbt_project.spark import SparkWork  # what a machine without Spark does not have

    candidate = tmp_path / "candidate.duckdb"
    with duckdb.connect(candidate) as connection:
        connection.execute("create schema raw; create table raw.savings_line as select 1 as line")
    said = rf"{tmp_path / 'spark'}.* under the same path.*PATH_NOT_FOUND"
    with pytest.raises(DbtFailed, match=said):
        SparkWork(candidate, tmp_path / "spark", WithoutTheFolder()).hand_over()
