"""A home after its first night on the samples, made once for all tests of a worker; each works on a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.golden.test_the_night import HISTORY, savings


@pytest.fixture(scope="session")
def loaded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nobody may change."""
    home = tmp_path_factory.mktemp("loaded") / "var"
    done = savings(home, "load", "--history", str(HISTORY))
    assert done.returncode == 0, done.stdout + done.stderr
    return home


@pytest.fixture
def home_to_alter(loaded_home: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(loaded_home, tmp_path / "var", symlinks=True))
