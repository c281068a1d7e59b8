"""A night before the first return publishes nothing and says which templates to send."""

from __future__ import annotations

import json
import secrets
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.own_history import expect_own
from orchestration.settings import load_settings
from orchestration.unforeseen import run
from sources.custody.marker import MARKER
from sources.desk.desk_page import PAGE_NAME
from sources.home import GROUP_READS, GROUP_WRITES
from sources.samples.published import SAMPLES
from tests.machines import group, needs_root
from tests.new_council import OPTIONS
from tests.reference_folder import give_group


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a council that ``savings init`` set up, in which commands are typed."""
    assert CliRunner().invoke(app, ["init", str(tmp_path), *OPTIONS]).exit_code == Exit.DONE
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_empty_first_night_names_the_templates_to_send_and_publishes_nothing(council: Path) -> None:
    done = CliRunner().invoke(app, ["load"])
    assert done.exit_code == Exit.DONE, done.output
    assert "No return yet" in done.stdout
    named = [Path(line) for line in done.stdout.splitlines() if line.endswith(".xlsx")]
    assert {path.parent.name for path in named} == {"OPS", "GRO"}
    assert all(path.is_file() for path in named)
    assert list((council / "home" / "releases").iterdir()) == []
    assert not (council / "home" / "current").exists()


@needs_root
def test_people_without_a_group_are_named_by_each_night_until_it_is_made_and_keep_nobody_out(council: Path) -> None:
    """Rulings C2, D-5: a typo in a new list, or a group that was removed."""
    home, name = load_settings().home, f"savt{secrets.token_hex(4)}"
    (home.landing / "OPS").rmdir()
    give_group(council / "reference", "OPS", name)
    why = f"The people of OPS cannot be let in to send returns and to read their desk. There is no group '{name}'."
    for command, code in (("init", Exit.DONE), ("load", Exit.REFUSED), ("load", Exit.REFUSED)):
        done = CliRunner().invoke(app, [command])
        assert done.exit_code == code, done.output
        assert why in " ".join(done.stdout.split())
    assert [path.name for path in sorted(home.landing.iterdir())] == [MARKER, "GRO"]
    assert {path.parent.name for path in home.desk.glob(f"*/{PAGE_NAME}")} == {"GRO", "OPS"}
    with group(name) as (_, gid):
        assert CliRunner().invoke(app, ["load"]).exit_code == Exit.DONE
        for folder, mode in ((home.landing / "OPS", GROUP_WRITES), (home.desk / "OPS", GROUP_READS)):
            assert (folder.stat().st_gid, stat.S_IMODE(folder.stat().st_mode)) == (gid, mode)


def test_each_empty_night_is_recorded_and_tells_a_machine_the_same(council: Path) -> None:
    first = json.loads(CliRunner().invoke(app, ["load", "--json"]).stdout)
    second = json.loads(CliRunner().invoke(app, ["load", "--json"]).stdout)
    assert first == second
    assert first["release_id"] is None
    assert len(first["templates"]) >= 2
    kinds = [json.loads(path.read_bytes())["kind"] for path in sorted((council / "home/vault/events").iterdir())]
    assert kinds == ["reference_adopted", "night_checked", "night_checked"]
    assert CliRunner().invoke(app, ["watchdog"]).exit_code == Exit.DONE


def test_a_plan_that_is_added_before_the_first_return_is_in_force_at_the_next_night(council: Path) -> None:
    CliRunner().invoke(app, ["load"])
    with open(council / "reference" / "approved_plan.csv", "a", encoding="utf-8") as plan:
        plan.write("OPS-25-001,2025/26,OPS,true,120000,Budget 2025/26\n")
    assert CliRunner().invoke(app, ["load"]).exit_code == Exit.DONE
    kinds = [json.loads(path.read_bytes())["kind"] for path in sorted((council / "home/vault/events").iterdir())]
    assert kinds.count("reference_adopted") == 2


def test_the_returns_of_the_sample_are_taken_into_no_other_council_s_home(council: Path) -> None:
    before = sorted(path.name for path in (council / "home").rglob("*"))
    done = CliRunner().invoke(app, ["load", "--history", str(SAMPLES / "history.csv")])
    assert done.exit_code == Exit.WRONG_USE
    assert "another council's" in done.stderr
    assert sorted(path.name for path in (council / "home").rglob("*")) == before


def test_a_list_that_lies_in_no_council_s_folder_is_anybody_s(tmp_path: Path) -> None:
    expect_own(tmp_path / "history.csv", tmp_path)


def test_a_folder_that_cannot_be_used_stops_the_first_night(
    council: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (council / "reference" / "theme.csv").unlink()
    monkeypatch.setattr("sys.argv", ["savings", "load"])
    assert run(app) == Exit.NOT_PUBLISHED
    said = capsys.readouterr()
    assert "theme.csv: the file is missing" in said.out + said.err
