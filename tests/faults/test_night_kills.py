"""A night killed as a step begins leaves readers their release; the next completes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.settings import PROJECT
from sources.home import Home
from tests.edited_returns import at, edited
from tests.homes import drop
from tests.invariants import assert_nothing_lost

LESS = Decimal(10_000)
CORRECTION = {
    "Return!return_type": "Resubmission",
    "Return!supersedes_version": 1,
    "Return!control_projected": 500_500,
    at("Savings", "projected_gbp", 4): 240_000,
}
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


def projected_by_place(home: Path) -> Decimal:
    with duckdb.connect(str(home / "current" / "savings.duckdb"), read_only=True) as reader:
        ((projected,),) = reader.execute(
            "select projected_gbp from marts.rpt_cabinet_table_1 where directorate_code = 'PL' and is_latest_period"
        ).fetchall()
    return Decimal(projected)


def content(home: Path) -> str:
    return str(json.loads((home / "current" / "manifest.json").read_bytes())["content_sha256"])


def test_a_night_killed_as_each_step_begins_leaves_the_release_and_the_next_night_completes(
    first_night: Home, tmp_path: Path
) -> None:
    """F-D04 to F-D08, F-D20."""
    killed, spared = tmp_path / "killed", tmp_path / "spared"
    correction = edited("PL", CORRECTION)
    for home in (killed, spared):
        shutil.copytree(first_night.root, home, symlinks=True)
        drop(Home.at(home), "PL", "TRR_PL_2021-22_P06_v2.xlsx", correction)
    before, projected = (killed / "current").readlink(), projected_by_place(killed)
    for step in STEPS:
        died = run(killed, "-m", "tests.faults.night_until_killed", str(killed), step)
        assert died.returncode == -signal.SIGKILL, (step, died.stderr)
        assert (killed / "current").readlink() == before
        assert projected_by_place(killed) == projected
    assert load(killed).returncode == 0
    assert load(spared).returncode == 0
    assert content(killed) == content(spared)
    assert projected_by_place(killed) == projected - LESS
    assert_nothing_lost(Home.at(killed), [("PL", correction)])
    with dg.DagsterInstance.from_config(str(killed / "dagster")) as instance:
        ends = [run.status for run in instance.get_runs()]
    # The first night and the last; each that was killed counts as failed, and holds no slot.
    assert sorted(ends, key=str) == [dg.DagsterRunStatus.FAILURE] * len(STEPS) + [dg.DagsterRunStatus.SUCCESS] * 2
