"""What the command line says where there is no warehouse."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.commands.common import told
from orchestration.exit_codes import Exit
from tests.homes import fresh_home


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_a_home_that_does_not_exist_is_wrong_use_and_is_not_made(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / "mistyped"))
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == Exit.WRONG_USE
    assert "There is no warehouse at" in result.stderr
    assert not (tmp_path / "mistyped").exists()


def test_a_machine_is_told_in_json_why_a_command_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / "mistyped"))
    result = CliRunner().invoke(app, ["verify", "--json"])
    told = json.loads(result.stdout)
    assert told["exit_code"] == result.exit_code == Exit.WRONG_USE
    assert "There is no warehouse at" in told["stopped"]


def test_a_machine_is_told_in_json_that_another_load_is_at_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-D18, F-D19."""
    home = fresh_home(tmp_path)
    monkeypatch.setenv("SAVINGS_HOME", str(home.root))
    with home.lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = CliRunner().invoke(app, ["load", "--json"])
    assert json.loads(result.stdout)["exit_code"] == result.exit_code == Exit.BUSY


def test_an_account_that_may_not_enter_the_home_is_told_so_by_place_and_user(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # F-D16.
    with pytest.raises(typer.Exit) as ended, told():
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/savings/lock")
    assert ended.value.exit_code == Exit.NOT_PUBLISHED
    assert f"Permission denied: /srv/savings/lock (as uid {os.geteuid()}). Nothing was done." in capsys.readouterr().err
