"""A run whose process is gone is marked as failed when the next one starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.dead_runs import PROCESS, end_dead_runs, this_process


@dg.op
def work() -> None:
    """Nothing."""


@dg.job
def night() -> None:
    """A job of one step."""
    work()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def _begun(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    run = instance.create_run_for_job(night, tags=tags)
    instance.report_engine_event("begins", run)
    instance.handle_run_event(run.run_id, dg.DagsterEvent("PIPELINE_START", "night"))
    return run.run_id


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def _of_a_process_that_ended() -> str:
    said = "from orchestration.dead_runs import this_process; print(this_process())"
    return subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True).stdout.strip()


def test_a_run_of_a_process_that_was_killed_is_ended(instance: dg.DagsterInstance):
    # F-D22.
    dead = _begun(instance, {PROCESS: _of_a_process_that_ended()})
    assert end_dead_runs(instance) == [dead]
    assert _status(instance, dead) is dg.DagsterRunStatus.FAILURE


def _of_another_start_of_the_machine() -> str:
    number, _, begun = this_process().split(" ")
    return f"{number} 00000000-0000-0000-0000-000000000000 {begun}"


@pytest.mark.parametrize(
    "process",
    [this_process() + "1", _of_another_start_of_the_machine(), "999999999 12.00"],
    ids=["the number is somebody else's now", "the machine was started again", "signed by an earlier version"],
)
def test_a_run_whose_process_cannot_be_at_work_is_ended(instance: dg.DagsterInstance, process: str):
    dead = _begun(instance, {PROCESS: process})
    assert end_dead_runs(instance) == [dead]


# Hooks of the interpreter stay for good: they are a process's own.
SAYS_WHAT_IT_READS = """
import sys
from orchestration.dead_runs import this_process
this_process()  # what it imports is read for itself
sys.addaudithook(lambda event, arguments: event == "open" and print(arguments[0]))
print(this_process())
"""


def test_a_process_is_named_by_what_the_kernel_counts_and_nothing_of_a_clock_is_read():
    """F-D24: what is a time by the clock moves when the clock is set, and a run at work would be taken for dead."""
    boot_id = Path("/proc/sys/kernel/random/boot_id")
    after_the_name = Path("/proc/self/stat").read_text("utf-8").rpartition(") ")[2].split()
    assert this_process() == f"{os.getpid()} {boot_id.read_text('ascii').strip()} {after_the_name[22 - 3]}"

    done = subprocess.run([sys.executable, "-c", SAYS_WHAT_IT_READS], check=True, capture_output=True, text=True)
    *read, name = done.stdout.splitlines()
    assert read == [str(boot_id), f"/proc/{name.split()[0]}/stat"]


@pytest.mark.parametrize(
    "tags",
    [{PROCESS: this_process()}, {PROCESS: f"{os.getpid()} 12.00"}, {}],
    ids=["alive", "alive, signed by an earlier version", "not signed yet"],
)
def test_a_run_that_may_be_at_work_is_left_alone(instance: dg.DagsterInstance, tags: dict[str, str]):
    run = _begun(instance, tags)
    assert end_dead_runs(instance) == []
    assert _status(instance, run) is dg.DagsterRunStatus.STARTED


def test_a_run_that_has_ended_is_left_as_it_ended(instance: dg.DagsterInstance):
    run = night.execute_in_process(instance=instance, tags={PROCESS: _of_a_process_that_ended()})
    assert end_dead_runs(instance) == []
    assert _status(instance, run.run_id) is dg.DagsterRunStatus.SUCCESS
