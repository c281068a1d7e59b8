"""``make demo``: what it runs, and that it opens the pages of a warehouse that it has loaded before."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from orchestration.settings_file import variable
from sources.home import Home


def make_demo(folder: Path, *options: str, browser: str = "true") -> subprocess.CompletedProcess[str]:
    """Run ``make demo`` in a folder of its own, with a browser that shows nothing."""
    environment = {**os.environ, "BROWSER": browser}
    command = ["make", "--no-print-directory", *options, "demo", f"DEMO={folder}"]
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def test_it_writes_three_years_loads_them_into_a_home_of_their_own_and_opens_the_pages(tmp_path: Path) -> None:
    """That it does so is ``browser/test_demo_pages``', what the three years come to ``test_many_years``'."""
    steps = make_demo(tmp_path / "demo", "--dry-run").stdout
    home = f"SAVINGS_HOME={tmp_path}/demo/var SAVINGS_REFERENCE_DIR={tmp_path}/demo/reference"
    wanted = [
        f"python -m sources.samples.many_years {tmp_path}/demo",
        f"{home} .venv/bin/savings load --history {tmp_path}/demo/history.csv",
        f"{home} .venv/bin/savings open",
    ]
    assert [step in steps for step in wanted] == [True, True, True]
    assert sorted(wanted, key=steps.index) == wanted


def test_once_loaded_it_opens_the_pages_at_once(first_night: Home, tmp_path: Path) -> None:
    home = Path(shutil.copytree(first_night.root, tmp_path / "demo" / "var", symlinks=True))
    events = len(list((home / "vault" / "events").iterdir()))
    done = make_demo(tmp_path / "demo")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ((home / "current").resolve() / "site" / "index.html").as_uri()
    assert len(list((home / "vault" / "events").iterdir())) == events


def test_nothing_that_is_set_for_a_council_is_in_force_for_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invented figures would replace the council's in its database, and alert people."""
    for name in ("postgres_url", "smtp_url", "alerts_webhook", "readers_group", "config"):
        monkeypatch.setenv(variable(name), "the council's")
    savings, told = tmp_path / "bin" / "savings", tmp_path / "told"
    savings.parent.mkdir()
    savings.write_text(f"#!/bin/sh\nenv | grep ^SAVINGS_ | sort | xargs echo $1 >> '{told}'\n")
    savings.chmod(0o755)
    demo = tmp_path / "demo"
    demo.mkdir()
    assert make_demo(demo, f"BIN={savings.parent}").returncode == 0
    settings = f"SAVINGS_HOME={demo}/var SAVINGS_REFERENCE_DIR={demo}/reference"
    assert told.read_text().splitlines() == [f"load {settings}", f"open {settings}"]
