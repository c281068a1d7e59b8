"""A home after its first night on the samples; each test works on a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sources.home import Home


@pytest.fixture
def home_to_alter(first_night: Home, tmp_path: Path) -> Path:
    """A copy of the home that nobody may change."""
    return Path(shutil.copytree(first_night.root, tmp_path / "var", symlinks=True))
