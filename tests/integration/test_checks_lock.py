"""The committed list of checks is the one that project and suites declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbt_project import run_dbt
from expectations.lock import Declared, declared, main, read_lock

# Each has its reason beside its declaration; a check that joins them has to be named here too (F-E11).
WARNINGS = {"fct_savings_position__nearly_every_line_has_a_forecast"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> list[Declared]:
    return declared(run_dbt.parse(tmp_path_factory.mktemp("manifest")))


def test_checks_lock_lists_exactly_what_is_declared(listed: list[Declared]):
    """Write it anew with `python -m expectations.lock` and look at what changed."""
    assert read_lock() == listed


def test_every_check_has_a_name_of_its_own(listed: list[Declared]):
    names = [check.name for check in listed]
    assert sorted(set(names)) == sorted(names)


def test_only_named_checks_warn(listed: list[Declared]):
    assert {check.name for check in listed if check.severity == "warn"} == WARNINGS


def test_the_command_writes_the_same_list(listed: list[Declared], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("expectations.lock.LOCK", tmp_path / "checks.lock")
    main([])
    assert read_lock(tmp_path / "checks.lock") == listed
