"""The first night on the sample returns, built once for all tests of a run that only read it.

Here belongs that the workers of a run share one build. Not here: nights that a test does something else with. Whoever
changes the home takes a copy.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

from rich.console import Console

from orchestration.exit_codes import Exit
from orchestration.load import load
from orchestration.settings import load_settings
from sources.clock import system_clock
from sources.home import Home
from sources.samples.published import SAMPLES


def first_night(shared: Path) -> Home:
    """Return the home in a folder that the run's workers share; the first that asks builds it."""
    home = shared / "first_night" / "var"
    with (shared / "first_night.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        settings = load_settings({"SAVINGS_HOME": str(home)})
        if not settings.home.current.exists():
            history = SAMPLES / "history.csv"
            night = load(settings, history=history, is_forced=False, clock=system_clock, console=Console(quiet=True))
            assert night.exit_code is Exit.DONE, night.as_json()
    return settings.home
