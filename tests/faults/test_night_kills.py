"""A night killed as a step begins leaves readers their release; the next completes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.settings import PROJECT
from sources.home import Home
from tests.invariants import assert_nothing_lost

SAMPLES = PROJECT / "sources" / "samples" / "returns"
STEPS = (
    "reference_data",
    "received_files",
    "judged_returns",
    "desks",
    "candidate_sources",
    "warehouse_tables",
    "published_tables_are_what_readers_rely_on",
    "release",
)


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def load(home: Path) -> subprocess.CompletedProcess[str]:
    return run(home, "-c", "from orchestration.cli import main; main()", "load")


def drop(home: Path, *codes: str) -> None:
    for code in codes:
        for source in (SAMPLES / code).glob("*.xlsx"):
            target = home / "landing" / code / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def content(home: Path) -> str:
    return str(json.loads((home / "current" / "manifest.json").read_bytes())["content_sha256"])


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("night") / "var"
    drop(home, "CH")
    assert load(home).returncode == 0
    return home


def test_a_night_killed_as_each_step_begins_leaves_the_release_and_the_next_night_completes(
    first_night: Path, tmp_path: Path
) -> None:
    """F-D04 to F-D08, F-D20."""
    killed, spared = tmp_path / "killed", tmp_path / "spared"
    for home in (killed, spared):
        shutil.copytree(first_night, home, symlinks=True)
        drop(home, "AH", "PL")
    before = (killed / "current").readlink()
    for step in STEPS:
        died = run(killed, "-m", "tests.faults.night_until_killed", str(killed), step)
        assert died.returncode == -signal.SIGKILL, (step, died.stderr)
        assert (killed / "current").readlink() == before
        with duckdb.connect(str(killed / "current" / "savings.duckdb"), read_only=True) as reader:
            assert reader.execute("select count(*) from marts.fct_savings_position").fetchone() == (3,)
    assert load(killed).returncode == 0
    assert load(spared).returncode == 0
    assert content(killed) == content(spared)
    assert_nothing_lost(Home.at(killed))
    with dg.DagsterInstance.from_config(str(killed / "dagster")) as instance:
        ends = [run.status for run in instance.get_runs()]
    # The first night and the last; each that was killed counts as failed, and holds no slot.
    assert sorted(ends, key=str) == [dg.DagsterRunStatus.FAILURE] * len(STEPS) + [dg.DagsterRunStatus.SUCCESS] * 2
