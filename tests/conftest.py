"""What every test shares: the tiers, what a test does without a program that it needs, and untouched settings.

A test's tier is the folder it lies in; a test elsewhere is an error. Without a program that a test
needs (``tests.programs``) it is skipped, and the run's first lines say so; where ``CI`` is set, it fails.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.programs import missing

if TYPE_CHECKING:
    from sources.home import Home

# In the order in which a run takes them: the longest tests first, so that no worker is alone with one at the end.
TIERS = ("faults", "golden", "spark", "browser", "nights", "builds", "office", "postgres", "integration", "unit")

# Deadlines are timed assertions: these machines are shared.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its tier, and take the tiers with the longest tests first."""
    for item in items:
        if _tier_of(item) not in TIERS:
            raise pytest.UsageError(f"{item.nodeid} lies in no tier: move it to one of tests/{{{','.join(TIERS)}}}")
        item.add_marker(getattr(pytest.mark, _tier_of(item)))
    items.sort(key=lambda item: TIERS.index(_tier_of(item)))


def _tier_of(item: pytest.Item) -> str:
    return Path(item.path).relative_to(Path(__file__).parent).parts[0]


def pytest_report_header() -> list[str]:
    """Say which programs are missing, before the first test."""
    return [f"{program.name} is missing: tests that need it are skipped. `{program.remedy}`" for program in missing()]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test that needs a program which is missing; in CI let it fail, so that nothing goes untested."""
    needed = {program for mark in item.iter_markers("needs") for program in mark.args}
    for program in missing():
        if program in needed:
            end = pytest.fail if os.environ.get("CI") else pytest.skip
            end(f"{program.name} is missing: `{program.remedy}`")


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Home:
    """The home after the first night on the sample returns: to be read, never changed."""
    from tests.first_night import first_night

    return first_night(_shared(tmp_path_factory, worker_id))


@pytest.fixture(scope="session")
def parsed_manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """dbt's manifest of the project, as it was parsed when the project was installed: to be read, never changed."""
    from dbt_project.parsed import parse

    return parse(tmp_path_factory.mktemp("manifest") / "candidate.duckdb")


def _shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return the folder that all workers of a run have."""
    folder = tmp_path_factory.getbasetemp()
    return folder if worker_id == "master" else folder.parent


@pytest.fixture(autouse=True)
def _no_warehouse_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in [each for each in os.environ if each.startswith("SAVINGS_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv("DO_NOT_TRACK", "1")
