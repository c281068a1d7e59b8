"""A run whose process is gone is marked as failed when the next one starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import psutil
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


def test_a_run_at_work_stays_so_when_the_clock_is_set(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch):
    """F-D24: the kernel gives the start of the machine in the time of a clock, so that it moves with it."""
    run = _begun(instance, {PROCESS: this_process()})
    started = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: started + 3600)
    assert end_dead_runs(instance) == []
    assert _status(instance, run) is dg.DagsterRunStatus.STARTED


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
