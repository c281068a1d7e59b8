"""What every test shares: the tiers, and that no test touches the default home or the network settings.

A test's tier is the folder it lies in; a test elsewhere is an error.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TIERS = ("unit", "integration", "faults", "golden")

# Deadlines are timed assertions: these machines are shared.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its tier."""
    here = Path(__file__).parent
    for item in items:
        tier = Path(item.path).relative_to(here).parts[0]
        if tier not in TIERS:
            raise pytest.UsageError(f"{item.nodeid} lies in no tier: move it to one of tests/{{{','.join(TIERS)}}}")
        item.add_marker(getattr(pytest.mark, tier))


@pytest.fixture(autouse=True)
def _no_warehouse_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in ("SAVINGS_HOME", "SAVINGS_LANDING_DIR", "SAVINGS_REFERENCE_DIR", "DAGSTER_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DO_NOT_TRACK", "1")
