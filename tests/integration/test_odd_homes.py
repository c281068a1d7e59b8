"""Any path works as a home, or is refused at once with one sentence (ruling C10).

Here belongs each command that a person types. A whole night in the oddest home that works is in
``test_nights_by_the_clock``, and which characters are refused in ``unit.test_settings``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit
from orchestration.settings import LONGEST_HOME
from orchestration.unforeseen import run
from sources.custody.ledger import Ledger
from sources.intake import intake
from tests.edited_returns import sample_path
from tests.homes import NOON, drop, fresh_home
from tests.returns import reference

WORKS = ('it\'s "one"', "Städt: ü", "a b;c$HOME&[d]*}", "...", "-x", "~", "\\n")
COMMANDS = (
    ("load",),
    ("status",),
    ("check", str(sample_path("PL"))),
    ("template", "--directorate", "PL", "--year", "2021/22", "--period", "P07", "-o", "PL.xlsx"),
    ("verify",),
    ("rebuild",),
    ("init",),
    ("doctor",),
    ("hold", "list"),
    ("release", "list"),
    ("reference", "show"),
)
_NAMES = {
    command: " ".join(command[:2]) if command[0] in ("hold", "release", "reference") else command[0]
    for command in COMMANDS
}


def savings(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"SAVINGS_HOME": str(home)})


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a command writes by a relative name not lie among the sources."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)


@pytest.mark.parametrize("name", WORKS)
def test_whatever_is_asked_of_a_home_of_an_odd_name_is_answered(tmp_path: Path, name: str) -> None:
    home = fresh_home(tmp_path / name)
    drop(home, "PL", "return.xlsx", sample_path("PL").read_bytes())
    with Ledger.open(home) as ledger:
        intake.adopt_reference(reference(), ledger, NOON)
        intake.receive(home, ledger, NOON)
        (outcome,) = intake.judge_waiting(home, ledger, reference(), NOON)
    assert outcome.receipt.is_file()
    assert "PL" in savings(home.root, "status").stdout
    assert json.loads(savings(home.root, "status", "--json").stdout)["cells"]
    assert savings(home.root, "check", str(sample_path("CH"))).exit_code == Exit.DONE
    for command in COMMANDS[3:5]:
        result = savings(home.root, *command)
        assert result.exit_code == Exit.DONE, result.output
    assert Path("PL.xlsx").is_file()


@pytest.mark.parametrize("command", COMMANDS, ids=_NAMES.values())
@pytest.mark.parametrize("name", ["a#b", "a%20b", "a\nb", "x" * (LONGEST_HOME + 1), "file", "file/below"])
def test_each_command_refuses_a_home_that_cannot_be_one_with_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    command: tuple[str, ...],
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / name))
    monkeypatch.setattr("sys.argv", ["savings", *command])
    assert run(app) == Exit.WRONG_USE
    said = capsys.readouterr().err.strip()
    assert said.startswith("SAVINGS_HOME ")
    assert said.count("\n") == 0
    assert "Traceback" not in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "work"]
