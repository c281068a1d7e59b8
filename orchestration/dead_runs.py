"""Runs whose process is gone: Dagster's launcher cannot see that, and goes on counting their slots.

Here belongs saying in a run which process it is, and ending those that are nobody's any more. Not
here: runs that hang (``dagster.yaml``), and what they left in the home (the next load's to go on with).
"""

from __future__ import annotations

import os

import dagster as dg
import psutil

# On a run: number and start of its process, for numbers are used again.
PROCESS = "savings/process"
_BEGUN = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


def this_process() -> str:
    """Return what names this process among all that this machine ever ran since it started."""
    return _name(psutil.Process(os.getpid()))


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark as failed each run that had begun and whose process is gone; return the runs' names."""
    begun = instance.get_runs(dg.RunsFilter(statuses=_BEGUN))
    dead = [run for run in begun if PROCESS in run.tags and not _is_alive(run.tags[PROCESS])]
    for run in dead:
        instance.report_run_failed(run, "Its process is gone: it was killed, or the machine went down.")
    return [run.run_id for run in dead]


def _is_alive(process: str) -> bool:
    try:
        return _name(psutil.Process(int(process.split(" ")[0]))) == process
    except psutil.NoSuchProcess:
        return False


def _name(process: psutil.Process) -> str:
    return f"{process.pid} {process.create_time():.2f}"
