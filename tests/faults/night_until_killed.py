"""A night that kills itself when a step begins: `python -m tests.faults.night_until_killed HOME STEP`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import dagster as dg

from orchestration.night import run_night
from orchestration.settings import load_settings
from sources.clock import system_clock


def kill_at(step: str):
    def listen(event: dg.DagsterEvent) -> None:
        if event.event_type_value == "STEP_START" and event.step_key == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return listen


if __name__ == "__main__":
    home, step = Path(sys.argv[1]), sys.argv[2]
    settings = load_settings({"SAVINGS_HOME": str(home)})
    settings.home.create()
    run_night(settings, None, system_clock, kill_at(step))
