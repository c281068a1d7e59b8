"""`savings status`: at once, read-only, also during a load."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT
from sources.custody.ledger import Ledger
from sources.home import Home
from tests.homes import decide, drop, fresh_home, send, tree_of

HEAVY = "{'dagster', 'dbt', 'great_expectations', 'pandas', 'pyarrow', 'duckdb', 'openpyxl', 'lxml', 'xlsxwriter'}"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = fresh_home(tmp_path / "home")
    with Ledger.open(home) as ledger:
        decide(ledger, send(ledger), "accepted")
        decide(ledger, send(ledger, "PL"), "held")
    drop(home, "CH", "waiting.xlsx")
    return home


def status(home: Path, *arguments: str):
    return CliRunner().invoke(app, ["status", *arguments], env={"SAVINGS_HOME": str(home)})


def test_it_tells_a_machine_what_it_tells_a_person(home: Home):
    told = json.loads(status(home.root, "--json").stdout)
    cells = {
        (cell["directorate_code"], cell["financial_year"], cell["reporting_period"]): cell for cell in told["cells"]
    }
    accepted = cells["AH", "2021/22", "P06"]
    assert (accepted["state"], accepted["due_date"], accepted["received_at"]) == (
        "accepted",
        "2021-10-15",
        "2021-10-12T12:00:00+00:00",
    )
    assert [file["file_name"] for file in told["in_landing"]] == ["waiting.xlsx"]
    text = status(home.root).stdout
    for words in ("2021/22  AH", "Waiting in landing for the next load", "Held for a decision", "Release: none"):
        assert words in text


def test_it_answers_while_a_load_holds_the_lock_and_writes_and_leaves_all_as_it_was(home: Home):
    before_load = status(home.root, "--json")
    writer = sqlite3.connect(home.ledger, isolation_level=None)
    writer.execute("begin immediate")
    writer.execute("delete from submission")
    with home.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = tree_of(home.root)
        during = status(home.root, "--json")
        assert tree_of(home.root) == before
    writer.close()
    assert during.exit_code == Exit.DONE
    assert {**json.loads(during.stdout), "as_of": ""} == {**json.loads(before_load.stdout), "as_of": ""}


def test_it_imports_nothing_heavy(home: Home):
    look = (
        "import sys\n"
        "from orchestration.cli import app\n"
        "app(['status'], standalone_mode=False)\n"
        f"print('heavy:', sorted({HEAVY} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", look],
        cwd=PROJECT,
        env={**os.environ, "SAVINGS_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "heavy: []" in done.stdout, done.stdout + done.stderr


def test_without_a_warehouse_it_is_wrong_use_and_none_is_made(tmp_path: Path):
    done = status(tmp_path / "mistyped")
    assert done.exit_code == Exit.WRONG_USE
    assert "There is no warehouse at" in done.stderr
    assert not (tmp_path / "mistyped").exists()


def test_reference_data_that_is_wrong_is_named_where_none_is_in_force(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SAVINGS_REFERENCE_DIR", str(tmp_path / "none"))
    done = status(home.root)
    assert done.exit_code == Exit.NOT_PUBLISHED
    assert "there is no such folder" in done.stderr
