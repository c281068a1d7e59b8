"""``savings councils load`` and ``watchdog``: each council in a process of its own, whatever becomes of the others."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration import councils
from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings_file import NAME
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.custody.payloads import NightChecked
from tests.file_systems import SENDER, as_account
from tests.homes import NOON, fresh_home
from tests.machines import folder_for_all, needs_root
from tests.new_council import ANSWERS


def savings(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three councils as they are set up; the settings of the second are damaged."""
    answers = tmp_path / "answers.toml"
    for number, name in enumerate(("ashcombe", "birchley", "northmoor"), start=1):
        answers.write_text(ANSWERS.replace("E99000001", f"E9900000{number}"), encoding="utf-8")
        done = savings("init", str(tmp_path / "councils" / name), "--answers", str(answers))
        assert done.exit_code == Exit.DONE, done.output
    (tmp_path / "councils" / "birchley" / NAME).write_text("home =\n", encoding="utf-8")
    return tmp_path / "councils"


def test_a_council_whose_night_fails_is_named_and_stops_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(folder / "of the environment"))
    done = savings("councils", "load", str(folder), "--at-once", "2", "--json")
    assert done.exit_code == Exit.REFUSED, done.output
    said: dict[str, Any] = json.loads(done.stdout)
    assert {each["folder"]: each["exit_code"] for each in said["nights"]} == {
        "ashcombe": Exit.DONE,
        "birchley": Exit.WRONG_USE,
        "northmoor": Exit.DONE,
    }
    assert [each["said"] for each in said["nights"] if "is not TOML" in each["said"]]
    assert {each["folder"]: each["state"] for each in said["councils"]} == {
        "ashcombe": "no release",
        "birchley": "left out",
        "northmoor": "no release",
    }
    assert "birchley: its settings cannot be used" in done.stderr
    with_desks = [path.relative_to(folder).parts[0] for path in sorted(folder.glob("*/home/desk/OPS"))]
    assert with_desks == ["ashcombe", "northmoor"]
    assert not (folder / "of the environment").exists()


def test_the_watchdog_of_all_names_each_council_whose_night_did_not_come_and_each_tells_its_own_team(
    folder: Path,
) -> None:
    (folder / "birchley" / NAME).unlink()
    for name in ("ashcombe", "northmoor"):
        home = fresh_home(folder / name / "home")
        with Ledger.open(home) as ledger:
            at = NOON if name == "ashcombe" else system_clock
            ledger.record(at, NightChecked(release_id=None, vault_objects=0, rehashed=0))
        with (folder / name / NAME).open("a", encoding="utf-8") as settings:
            settings.write(f'alerts_to = "team@{name}.example"\nalerts_from = "savings@{name}.example"\n')
            settings.write('smtp_url = "smtp+plain://127.0.0.1:1"\n')
    done = savings("councils", "watchdog", str(folder), "--at-once", "2", "--json")
    assert done.exit_code == Exit.NOT_PUBLISHED, done.output
    said = {each["folder"]: each for each in json.loads(done.stdout)["councils"]}
    assert {name: each["exit_code"] for name, each in said.items()} == {
        "ashcombe": Exit.NOT_PUBLISHED,
        "birchley": Exit.WRONG_USE,
    }
    assert "was on 12/10/2021 at 12:00 UTC" in said["ashcombe"]["said"]
    waiting = [path.read_text("utf-8") for path in (folder / "ashcombe" / "home" / "outbox" / "waiting").iterdir()]
    assert [each for each in waiting if "a night did not run" in each]
    assert not list((folder / "northmoor" / "home" / "outbox").glob("waiting/*"))


def test_a_night_that_takes_too_long_is_ended_and_said(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(councils, "LONGEST_NIGHT", timedelta(0))
    ended = list(councils.nights(folder, at_once=3))
    assert [(night.folder, night.code) for night in ended] == [
        ("ashcombe", None),
        ("birchley", None),
        ("northmoor", None),
    ]
    assert "was ended" in ended[0].said


@pytest.mark.parametrize(("returned", "means"), [(0, Exit.DONE), (4, Exit.BUSY), (-9, Exit.NOT_PUBLISHED)])
def test_a_night_that_was_killed_has_published_nothing(returned: int, means: Exit) -> None:
    assert councils._exit_of(returned) is means


@needs_root
def test_an_account_that_may_not_look_into_the_councils_folders_is_told_which_one_may() -> None:
    with folder_for_all() as folder:
        (folder / "ashcombe").mkdir(mode=0o700)
        (folder / "ashcombe" / NAME).write_text("", encoding="utf-8")
        assert councils.settings_files(folder) == [folder / "ashcombe" / NAME]
        said = as_account(SENDER, lambda: savings("councils", "watchdog", str(folder)).stderr)
    assert "that this account may read. Run it as the account that owns the councils' homes" in " ".join(said.split())
