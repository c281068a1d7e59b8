"""A real disk that fills as a stage begins: 3, one sentence, the old release; with room the night completes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT
from publishing.verification import verify
from sources.home import Home
from tests.command_line import savings
from tests.edited_returns import at, edited
from tests.file_systems import tmpfs
from tests.golden.test_the_night import TABLE_1, table_1
from tests.homes import drop
from tests.invariants import assert_nothing_lost
from tests.machines import needs_root

pytestmark = needs_root

# In the order of a night, so that each is reached with what the one before has done.
STEPS = ("received_files", "judged_returns", "warehouse_tables", "published_tables_are_what_readers_rely_on", "release")
# £10,000 less is projected than in the sample.
LESS = {"Return!control_projected": 500_500, at("Savings", "projected_gbp", 4): 240_000}
CORRECTION = {"Return!return_type": "Resubmission", "Return!supersedes_version": 1, **LESS}


@pytest.fixture
def home(first_night: Home, tmp_path: Path) -> Iterator[Path]:
    """A loaded home on a disk of its own."""
    with tmpfs(tmp_path / "disk", "256m") as disk:
        yield Path(shutil.copytree(first_night.root, disk / "var", symlinks=True))


def _load_on_a_disk_that_fills(home: Path, step: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.faults.night_on_a_full_disk", str(home), step]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_a_disk_that_fills_at_any_stage_keeps_the_release_and_the_night_completes_once_there_is_room(
    home: Path,
) -> None:
    """F-D12, F-D13, F-D14, ruling E7: at receipt, verdict, build, evidence and publishing."""
    correction = edited("PL", CORRECTION)
    drop(Home.at(home), "PL", "TRR_PL_2021-22_P06_v2.xlsx", correction)
    before = (home / "current").readlink()
    for step in STEPS:
        stopped = _load_on_a_disk_that_fills(home, step)
        assert stopped.returncode == Exit.NOT_PUBLISHED, (step, stopped.stdout, stopped.stderr)
        assert "Traceback" not in stopped.stderr, step
        told = json.loads(stopped.stdout)
        assert "space left" in " ".join([*told.get("problems", []), told.get("stopped", "")]), (step, told)
        assert (home / "current").readlink() == before, step
        (home / "ballast").unlink()
        assert verify(Home.at(home)).problems == (), step
        assert_nothing_lost(Home.at(home), [("PL", correction)], is_settled=False)
    done = savings(home, "load")
    assert done.returncode == Exit.DONE, done.stdout + done.stderr
    assert table_1(home) == [_corrected(*row) for row in TABLE_1]
    assert_nothing_lost(Home.at(home), [("PL", correction)])


def _corrected(code: str, baseline: int, projected: int, deferred: int, undeliverable: int, unexplained: int):
    less = 10_000 if code in ("PL", "ALL") else 0
    amounts = (baseline, projected - less, deferred, undeliverable, unexplained + less)
    return (code, *map(Decimal, amounts))
