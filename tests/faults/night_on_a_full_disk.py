"""A load whose disk is full from a step on: `python -m tests.faults.night_on_a_full_disk HOME STEP`.

Home has to lie on a disk of its own. What fills it is ``HOME/ballast``; remove it to make room.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import dagster as dg

from orchestration import night
from orchestration.cli import main


def fill(home: Path) -> None:
    """Write until no byte more finds room."""
    with (home / "ballast").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(b"\0" * (1 << 16)):
            pass


def fill_at(home: Path, step: str) -> None:
    """Let every night in this process find its disk full once that step begins."""
    run_night = night.run_night

    def on_a_full_disk(settings, history, clock, on_event):
        def listen(event: dg.DagsterEvent) -> None:
            if event.event_type_value == "STEP_START" and event.step_key == step:
                fill(home)
            on_event(event)

        return run_night(settings, history, clock, listen)

    night.run_night = on_a_full_disk


if __name__ == "__main__":
    os.environ["SAVINGS_HOME"] = sys.argv[1]
    fill_at(Path(sys.argv[1]), sys.argv[2])
    sys.argv = ["savings", "load", "--json"]
    main()
