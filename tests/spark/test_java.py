"""The Java in which Spark works: it has memory enough, ends with its build, and may die."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import psutil
import pytest

from dbt_project.engines import Spark
from dbt_project.invocation import DbtFailed
from tests.programs import JAVA

pytestmark = pytest.mark.needs(JAVA)

# In a process of its own, as a night's is.
MOST_MEMORY = """
import sys
from pathlib import Path
from dbt_project.engines import Spark
with Spark("local[2]").at_work(Path(sys.argv[1])) as work:
    print(work.session._jvm.java.lang.Runtime.getRuntime().maxMemory() // 2**20)
"""


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """A candidate with nothing in it."""
    path = tmp_path / "build" / "candidate.duckdb"
    path.parent.mkdir()
    duckdb.connect(path).close()
    return path


def javas() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if child.name() == "java"]


def kill_java_in_the_midst(spark: Spark, candidate: Path) -> None:
    with spark.at_work(candidate) as work:
        javas()[0].kill()
        work.ask("select 1")


def test_no_java_stays_when_a_build_has_ended(spark: Spark, candidate: Path) -> None:
    with spark.at_work(candidate) as work:
        assert work.ask("select 1") == [(1,)]
        assert len(javas()) == 1
    assert javas() == []


def test_a_java_that_was_killed_is_said_and_the_next_build_has_another(spark: Spark, candidate: Path) -> None:
    """What the kernel does where memory is short, and Java itself where its own is."""
    said = r"Java ended with -9 .*spark\.log.*spark\.driver\.memory"
    with pytest.raises(DbtFailed, match=said):
        kill_java_in_the_midst(spark, candidate)
    with spark.at_work(candidate) as work:
        assert work.ask("select 1") == [(1,)]


def test_java_has_room_for_what_it_compiles_of_all_models(spark: Spark, candidate: Path) -> None:
    """Where that is full, Java stops a build in the midst: that of three councils took 58 MB."""
    with spark.at_work(candidate) as work:
        pools = work.session._jvm.java.lang.management.ManagementFactory.getMemoryPoolMXBeans()
        room = sum(pool.getUsage().getMax() for pool in pools if pool.getName().startswith("Code"))
    assert room >= 200 * 2**20


@pytest.mark.parametrize(("said", "least", "most"), [("", 3_500, 4_096), ("spark.driver.memory 600m", 500, 600)])
def test_java_has_memory_for_the_plans_unless_spark_defaults_say_otherwise(
    said: str, least: int, most: int, spark: Spark, candidate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "spark-defaults.conf").write_text(said)
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    monkeypatch.delenv("SPARK_DRIVER_MEMORY", raising=False)
    command = [sys.executable, "-c", MOST_MEMORY, str(candidate)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert least <= int(told.stdout.splitlines()[-1]) <= most
