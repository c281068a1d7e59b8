"""`savings status`: at once, read-only, also during a load."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.ends_of_loads import note_begun, note_failed
from orchestration.exit_codes import Exit
from orchestration.settings import PROJECT
from sources.custody.ledger import Ledger
from sources.custody.marker import MARKER
from sources.home import Home
from tests.homes import NOON, checked, decide, drop, fresh_home, send, tree_of

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


# --- how the last load ended (issue 12.4) ---


def last_load(home: Home) -> tuple[dict[str, Any] | None, list[str]]:
    """Return what a machine and a person are told of it."""
    told, text = json.loads(status(home.root, "--json").stdout)["failed_load"], status(home.root).stdout
    return told, [line.strip() for line in text.partition("Last load\n")[2].splitlines() if line]


def is_not_mounted(home: Home) -> None:
    (home.landing / MARKER).unlink()


def has_lost_what_it_received(home: Home) -> None:
    next(path for path in home.vault.glob("??/*") if path.is_file()).unlink()


def fails(home: Home, how: Callable[[Home], None]) -> str:
    """Let a load fail; return what it says."""
    how(home)
    ended = CliRunner().invoke(app, ["load"], env={"SAVINGS_HOME": str(home.root)})
    assert ended.exit_code == Exit.NOT_PUBLISHED
    return ended.output


@pytest.mark.parametrize("how", [is_not_mounted, has_lost_what_it_received])
def test_after_a_load_that_failed_it_says_so_and_why(home: Home, how: Callable[[Home], None]):
    """Before its run, and in it."""
    assert last_load(home) == (None, ["Ended well: never", "Release: none"])
    said = fails(home, how)
    told, (failed, *why, ended, _) = last_load(home)
    assert told is not None
    assert told["exit_code"] == Exit.NOT_PUBLISHED
    assert why == "\n".join(told["problems"]).splitlines()
    assert [each for each in why if each not in said] == []
    assert failed.startswith("Failed ")
    assert failed.endswith("(exit code 3): nothing was published.")
    assert ended == "Ended well: never"


def test_after_a_good_end_the_failure_before_it_is_told_no_more(home: Home):
    fails(home, is_not_mounted)
    with Ledger.open(home) as ledger:
        # By a clock that went back: which came first is not told by the time.
        ledger.record(NOON, checked())
    assert last_load(home)[0] is None


def test_a_load_that_was_killed_has_not_ended(home: Home):
    note_begun(home, NOON())
    told, (said, *_) = last_load(home)
    assert told == {"at": "2021-10-12T12:00:00+00:00", "exit_code": None, "problems": []}
    assert said == "Began 12 October 2021, 13:00, and has not ended: it is at work, or it was killed."


def test_a_run_s_failure_that_is_told_late_is_not_newer_than_a_good_end(home: Home):
    """The daemon was away: its sensor tells of the failed run after somebody's load."""
    with Ledger.open(home) as ledger:
        before = ledger.last_seq()
        ledger.record(NOON, checked())
    note_failed(home, NOON(), ["Its process is gone."], before)
    assert last_load(home)[0] is None


def test_a_run_s_failure_that_is_told_late_leaves_what_a_later_load_noted(home: Home):
    with Ledger.open(home) as ledger:
        before = ledger.last_seq()
        ledger.record(NOON, checked())
    note_failed(home, NOON(), ["Of the later load."])
    note_failed(home, NOON(), ["Its process is gone."], before)
    told, _ = last_load(home)
    assert told is not None
    assert told["problems"] == ["Of the later load."]


def test_a_rebuild_that_fails_says_so_too(home: Home, monkeypatch: pytest.MonkeyPatch):
    def trips(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr("orchestration.night.run_night", trips)
    ended = CliRunner().invoke(app, ["rebuild"], env={"SAVINGS_HOME": str(home.root)})
    assert ended.exit_code != Exit.DONE
    told, _ = last_load(home)
    assert told is not None
    assert told["problems"] == ["the disk is gone"]


@pytest.mark.parametrize("noted", ["", "[]", "{}", '{"after_event": "x"}'])
def test_a_note_that_says_nothing_stops_nothing(home: Home, noted: str):
    home.failed_load.write_text(noted)
    assert last_load(home)[0] is None
