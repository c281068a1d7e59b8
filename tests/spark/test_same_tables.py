"""A cluster of Spark's builds what DuckDB builds: every published table, row for row, to the penny.

The three illustrative years as typed rows are built by both from the same candidate; the cluster is a master and two
workers, each a process of its own. The few tables that those years leave empty have rows in a night on the samples
(``test_night``), which a server of Spark Connect builds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from dbt_project import run_dbt
from dbt_project.engines import DUCKDB, Engine, Spark
from dbt_project.published import PublishedTable, published_tables
from dbt_project.run_dbt import BuildResult
from expectations.constraints import constraint_results
from expectations.run_rules import rule_results
from tests.many_years import as_scenario
from tests.programs import JAVA
from tests.same_rows import differing
from tests.spark.servers import cluster

SEED = 3
pytestmark = pytest.mark.needs(JAVA)


@dataclass(frozen=True)
class Both:
    """One candidate, built by either engine."""

    duckdb: BuildResult
    spark: BuildResult
    connection: duckdb.DuckDBPyConnection
    spark_candidate: Path
    tasks: list[int]
    shared: Path


@pytest.fixture(scope="module")
def both(spark: Spark, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("years")
    loaded = as_scenario(folder / "reference", SEED).load(folder)
    (shared := folder / "shared").mkdir()
    results = {}
    with cluster(folder / "cluster") as at:
        engines: dict[str, Engine] = {"duckdb": DUCKDB, "spark": Spark(at.master, shared)}
        for name, engine in engines.items():
            (folder / name).mkdir()
            candidate = Path(shutil.copy(loaded, folder / name / "candidate.duckdb"))
            results[name] = run_dbt.build(candidate, engine=engine)
        tasks = at.tasks()
    with duckdb.connect() as connection:
        for name in engines:
            connection.execute(f"attach '{folder / name / 'candidate.duckdb'}' as by_{name} (read_only)")
        built = folder / "spark" / "candidate.duckdb"
        yield Both(results["duckdb"], results["spark"], connection, built, tasks, shared)


def _tables(both: Both) -> list[PublishedTable]:
    """Return the published tables that a build fills."""
    there = {
        name
        for (name,) in both.connection.execute(
            "select table_name from duckdb_tables() where database_name = 'by_duckdb' and schema_name = 'marts'"
        ).fetchall()
    }
    return [table for table in published_tables(both.spark.manifest) if table.name in there]


def test_every_model_is_built_and_every_test_passes_on_spark_as_on_duckdb(both: Both) -> None:
    failed = [node for node in both.spark.nodes.values() if node.status not in ("success", "pass")]
    assert failed == []
    statuses = [{key: node.status for key, node in each.nodes.items()} for each in (both.spark, both.duckdb)]
    assert statuses[0] == statuses[1]


def test_the_executors_of_both_workers_did_the_work_and_nothing_stays_in_the_shared_folder(both: Both) -> None:
    assert len(both.tasks) == 2
    assert min(both.tasks) > 100
    assert list(both.shared.iterdir()) == []


def test_every_published_table_is_the_same_row_for_row(both: Both) -> None:
    tables = _tables(both)
    assert len(tables) > 40
    names = [f"marts.{table.name}" for table in tables]
    assert differing(both.connection, ("by_duckdb", "by_spark"), names) == {}
    filled = [table for table in tables if both.connection.table(f"by_spark.marts.{table.name}").limit(1).fetchall()]
    assert len(filled) > 45


def test_the_candidate_has_the_same_columns_of_the_same_types_and_the_same_constraints(both: Both) -> None:
    columns = [
        both.connection.execute(
            "select table_name, column_name, data_type, is_nullable from duckdb_columns() "
            "where database_name = ? and schema_name = 'marts' order by all",
            [name],
        ).fetchall()
        for name in ("by_duckdb", "by_spark")
    ]
    assert columns[0] == columns[1]
    held = constraint_results(both.spark_candidate, both.spark.manifest)
    assert [result for result in held if result.status != "pass"] == []


def test_the_evidence_of_spark_is_that_of_duckdb(both: Both) -> None:
    assert rule_results(both.spark) == rule_results(both.duckdb)
