"""Spark builds of many councils at once what DuckDB does: every published table, row for row (issue 15, item 2)."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dbt_project.engines import DUCKDB, Engine, Spark
from orchestration.councils import councils_of
from orchestration.councils_together import build_together
from sources.clock import system_clock
from sources.home import Home
from tests.council_homes import live_as_typed_lines
from tests.council_totals import compare_all
from tests.council_years import code_of
from tests.programs import JAVA
from tests.same_rows import differing

pytestmark = pytest.mark.needs(JAVA)


def test_a_release_of_all_councils_built_by_spark_is_the_one_that_duckdb_builds(spark: Spark, tmp_path: Path) -> None:
    folder = tmp_path / "councils"
    years = {code_of(seed): live_as_typed_lines(seed, folder / f"council-{seed}") for seed in (1, 2, 3)}
    engines: dict[str, Engine] = {"duckdb": DUCKDB, "spark": spark}
    with duckdb.connect() as connection:
        for name, engine in engines.items():
            home = Home.at(tmp_path / name)
            built = build_together(home, councils_of(folder), engine=engine, code_sha256="code", clock=system_clock)
            assert compare_all(built.release, years) > 90
            connection.execute(f"attach '{built.release / 'savings.duckdb'}' as by_{name} (read_only)")
        sql = "select 'marts.' || table_name from duckdb_tables() where database_name = 'by_duckdb'"
        tables = [table for (table,) in connection.execute(sql).fetchall()]
        assert differing(connection, ("by_duckdb", "by_spark"), tables) == {}
    assert len(tables) > 50
