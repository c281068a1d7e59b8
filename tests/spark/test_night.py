"""A night whose tables Spark builds: evidence, checks and release are those of DuckDB's night."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_project.engines import Spark
from orchestration.exit_codes import Exit
from orchestration.load import load
from orchestration.settings import load_settings
from publishing.manifest import read_manifest
from sources.clock import system_clock
from sources.home import Home
from sources.samples.published import SAMPLES
from tests.programs import JAVA

pytestmark = pytest.mark.needs(JAVA)


def test_a_night_on_spark_publishes_what_a_night_on_duckdb_does(
    spark: Spark, first_night: Home, tmp_path: Path
) -> None:
    """The hash of the content is over every published row but for moments of the clock."""
    (tmp_path / "seen by the cluster").mkdir()
    said = {
        "SAVINGS_HOME": str(tmp_path / "var"),
        "SAVINGS_ENGINE": "spark",
        "SAVINGS_SPARK_MASTER": spark.master,
        "SAVINGS_SPARK_FOLDER": str(tmp_path / "seen by the cluster"),
    }
    settings = load_settings(said)
    history = SAMPLES / "history.csv"
    night = load(settings, history=history, is_forced=False, clock=system_clock)
    assert night.exit_code is Exit.DONE, night.as_json()
    by_spark, by_duckdb = (read_manifest(home.current.resolve()) for home in (settings.home, first_night))
    assert by_spark.content_sha256 == by_duckdb.content_sha256
    assert by_spark.checks == by_duckdb.checks
    assert {name: table.rows for name, table in by_spark.tables.items()} == {
        name: table.rows for name, table in by_duckdb.tables.items()
    }
    assert list((tmp_path / "seen by the cluster").iterdir()) == []
