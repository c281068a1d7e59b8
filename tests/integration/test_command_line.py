"""What the command line says where there is no warehouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.exit_codes import Exit


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_a_home_that_does_not_exist_is_wrong_use_and_is_not_made(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAVINGS_HOME", str(tmp_path / "mistyped"))
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == Exit.WRONG_USE
    assert "There is no warehouse at" in result.stderr
    assert not (tmp_path / "mistyped").exists()
