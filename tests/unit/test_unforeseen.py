"""However a command stops, it ends with a code of ours, a sentence and a log's name (ruling E7)."""

from __future__ import annotations

import errno
import gc
import json
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
import typer

from orchestration.commands.common import AsJson
from orchestration.exit_codes import Exit
from orchestration.unforeseen import run
from sources.clock import fixed_clock

CLOCK = fixed_clock(datetime(2026, 11, 28, 3, 30, tzinfo=UTC))


def _app(error: BaseException | None = None) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def only(as_json: AsJson = False) -> None:
        if error:
            raise error

    return app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "var"
    home.mkdir()
    monkeypatch.setenv("SAVINGS_HOME", str(home))
    monkeypatch.setattr(sys, "argv", ["savings", "--json"])
    return home


UNFORESEEN = [
    OSError(errno.ENOSPC, "No space left on device"),
    MemoryError(),
    RuntimeError("two\nlines"),
    KeyError("x"),
]


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_what_nobody_foresaw_ends_as_3_with_one_sentence_a_log_and_json(
    error: Exception, home: Path, capsys: pytest.CaptureFixture[str]
):
    """Ruling E7, F-D13."""
    assert run(_app(error), CLOCK) == Exit.NOT_PUBLISHED
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["exit_code"] == Exit.NOT_PUBLISHED
    assert told["stopped"] == said.err.strip()
    assert "\n" not in told["stopped"]
    assert "Traceback" not in said.err
    (log,) = (home / "logs").iterdir()
    assert str(log) in told["stopped"]
    assert type(error).__name__ in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_log_that_finds_no_room_in_the_home_is_among_the_temporary_files(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (home / "logs").write_bytes(b"in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(_app(RuntimeError("x")), CLOCK) == Exit.NOT_PUBLISHED
    (log,) = tmp_path.glob("savings-*.log")
    assert str(log) in capsys.readouterr().err


def test_where_there_is_no_room_for_a_log_that_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (home / "logs").write_bytes(b"in the way")
    monkeypatch.setattr("tempfile.tempdir", str(home / "nowhere" / "at all"))
    assert run(_app(RuntimeError("x")), CLOCK) == Exit.NOT_PUBLISHED
    assert "There was no room for a log either" in capsys.readouterr().err


def test_a_full_disk_is_named_whatever_the_library_that_met_it_says(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """Ruling E7, F-D13."""
    usage = shutil.disk_usage(home)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=65_535))
    assert run(_app(RuntimeError("disk I/O error")), CLOCK) == Exit.NOT_PUBLISHED
    assert f"There is no space left on the disk of {home}: make room" in capsys.readouterr().err


@pytest.mark.usefixtures("home")
def test_a_store_that_could_not_write_is_told_of_where_there_is_room_again(capsys: pytest.CaptureFixture[str]):
    """F-D12: what was being written is gone before anybody can see how full the disk was."""
    assert run(_app(RuntimeError("(sqlite3.OperationalError) disk I/O error")), CLOCK) == Exit.NOT_PUBLISHED
    assert "The disk could not be written" in capsys.readouterr().err


@pytest.mark.parametrize("error", [typer.Abort(), EOFError(), BrokenPipeError(errno.EPIPE, "Broken pipe")])
def test_a_command_that_is_stopped_from_outside_is_never_said_to_have_published(error: Exception):
    assert run(_app(error)) == Exit.NOT_PUBLISHED


@pytest.mark.parametrize("code", list(Exit))
def test_the_code_that_a_command_ends_with_is_kept(code: Exit):
    assert run(_app(typer.Exit(code))) == code


def test_a_command_that_ends_without_a_code_is_done():
    assert run(_app()) == Exit.DONE


def test_wrong_use_is_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(sys, "argv", ["savings", "--no-such-option"])
    assert run(_app()) == Exit.WRONG_USE
    assert "--no-such-option" in capsys.readouterr().err


def test_what_cannot_be_printed_because_the_disk_is_full_is_no_success():
    """Ruling E7: /dev/full takes no byte, as a file on a full disk."""

    def ended(output: str) -> int:
        code = "import sys; sys.argv[1:] = ['--help']; from orchestration.cli import main; main()"
        with Path(output).open("w") as stream:
            return subprocess.run([sys.executable, "-c", code], stdout=stream, check=False).returncode

    assert ended("/dev/null") == Exit.DONE
    assert ended("/dev/full") == Exit.NOT_PUBLISHED


def test_no_command_writes_its_own_way_out(monkeypatch: pytest.MonkeyPatch):
    def stop(code: int) -> NoReturn:
        raise SystemExit(code)

    monkeypatch.setattr("orchestration.cli.app", _app(RuntimeError("x")))
    monkeypatch.setattr(sys, "exit", stop)
    from orchestration.cli import main

    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == Exit.NOT_PUBLISHED


def test_a_process_that_ends_searches_no_more_for_circles(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    """Python's own end searches all that a night leaves, for a twelfth of the night's time: what is frozen it skips."""
    request.addfinalizer(gc.unfreeze)
    monkeypatch.setattr("orchestration.cli.app", _app(RuntimeError("x")))
    from orchestration.cli import main

    with pytest.raises(SystemExit):
        main()
    assert gc.get_freeze_count() > 0
