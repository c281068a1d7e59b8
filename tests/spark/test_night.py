"""A night whose tables a server of Spark Connect builds: evidence, checks and release are those of DuckDB's night.

On the same server: what a build finds there that was killed, or is another home's, and a server that ends.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dbt_project.engines import Spark
from dbt_project.invocation import DbtFailed
from orchestration.exit_codes import Exit
from orchestration.load import load
from orchestration.settings import load_settings
from publishing.manifest import read_manifest
from sources.clock import system_clock
from sources.home import Home
from sources.samples.published import SAMPLES
from tests.programs import JAVA
from tests.spark.servers import connect_server

pytestmark = pytest.mark.needs(JAVA)


# In a process of its own, as each build is.
AT_WORK = """
import os, sys
from pathlib import Path
from dbt_project.engines import Spark
with Spark(sys.argv[1], Path(sys.argv[2])).at_work(Path(sys.argv[3])):
"""


def begin(engine: Spark, candidate: Path, then: str) -> subprocess.CompletedProcess[str]:
    """Begin a build, and do that in its midst."""
    command = [sys.executable, "-c", f"{AT_WORK}    {then}", engine.master, str(engine.folder), str(candidate)]
    return subprocess.run(command, capture_output=True, text=True)


def end_in_the_midst(running: contextlib.ExitStack, engine: Spark, candidate: Path) -> None:
    with engine.at_work(candidate) as work:
        running.close()
        work.ask("select 1")


@pytest.fixture(scope="module")
def server(spark: Spark, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spark]:
    with connect_server(tmp_path_factory.mktemp("connect"), spark.master) as engine:
        yield engine


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """A candidate of which Spark gets one line."""
    path = tmp_path / "build" / "candidate.duckdb"
    path.parent.mkdir()
    with duckdb.connect(path) as connection:
        connection.execute("create schema raw; create table raw.line as select 7 as amount")
    return path


def test_a_night_on_spark_publishes_what_a_night_on_duckdb_does(
    server: Spark, first_night: Home, tmp_path: Path
) -> None:
    """The hash of the content is over every published row but for moments of the clock."""
    said = {
        "SAVINGS_HOME": str(tmp_path / "var"),
        "SAVINGS_ENGINE": "spark",
        "SAVINGS_SPARK_MASTER": server.master,
        "SAVINGS_SPARK_FOLDER": str(server.folder),
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
    assert server.folder
    assert list(server.folder.iterdir()) == []


def test_what_a_killed_build_of_this_home_left_on_the_server_is_replaced(server: Spark, candidate: Path) -> None:
    told = begin(server, candidate, "os.kill(os.getpid(), 9)")
    assert told.returncode == -9, told.stderr
    with server.at_work(candidate) as work:
        assert work.ask("select amount from raw.line") == [(7,)]


def test_a_build_of_another_home_is_left_alone_and_said(server: Spark, candidate: Path, tmp_path: Path) -> None:
    """Databases are named alike in every home."""
    with server.at_work(candidate) as work:
        told = begin(replace(server, folder=tmp_path / "other"), candidate, "pass")
        assert f"Spark has a database raw already that is not of this home, at {server.folder}" in told.stderr
        assert work.ask("select amount from raw.line") == [(7,)]


def test_an_older_server_is_refused(server: Spark, candidate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pyspark.__version__", "999.0.1")
    with pytest.raises(DbtFailed, match=r"has Spark \d.*need 999\.0 or later"), server.at_work(candidate):
        pass


def test_a_server_that_ends_in_the_midst_is_said(
    spark: Spark, candidate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbt_project.spark_session._TIMES_ASKED_AGAIN", 0)
    with contextlib.ExitStack() as running:
        engine = running.enter_context(connect_server(tmp_path / "connect", spark.master))
        with pytest.raises(DbtFailed, match=f"server at {engine.master} "):
            end_in_the_midst(running, engine, candidate)
