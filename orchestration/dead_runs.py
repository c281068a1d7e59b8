"""Runs whose process is gone: Dagster's launcher cannot see that, and goes on counting their slots.

Here belongs saying in a run which process it is, and ending those that are nobody's any more. Not
here: runs that hang (``dagster.yaml``), and what they left in the home (the next load's to go on with).
"""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

# On a run: number of its process, start of the machine, start of the process; for numbers are used again.
PROCESS = "savings/process"
# On a run: the last event before it, so that its failure is known to be older than a good end, however late it is told.
AFTER_EVENT = "savings/after-event"
_BEGUN = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def this_process() -> str:
    """Return what names this process among all that this machine ever ran."""
    return _name(str(os.getpid()))


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark as failed each run that had begun and whose process is gone; return the runs' names."""
    begun = instance.get_runs(dg.RunsFilter(statuses=_BEGUN))
    dead = [run for run in begun if PROCESS in run.tags and not _is_alive(run.tags[PROCESS])]
    for run in dead:
        instance.report_run_failed(run, "Its process is gone: it was killed, or the machine went down.")
    return [run.run_id for run in dead]


def _is_alive(process: str) -> bool:
    number, *begun = process.split(" ")
    try:
        name = _name(number)
    except (FileNotFoundError, ProcessLookupError):
        return False
    # What an earlier version noted is a time by the clock, which differs once the clock is set: it proves nothing.
    return name == process or len(begun) == 1


def _name(number: str) -> str:
    """Return a process's number and what the kernel counts by no clock: which start of the machine, ticks since."""
    machine = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    # The second field is the program's name in brackets, which may hold anything; the 22nd is when it began.
    ticks = Path("/proc", number, "stat").read_bytes().rpartition(b")")[2].split()[19]
    return f"{number} {machine} {ticks.decode()}"
