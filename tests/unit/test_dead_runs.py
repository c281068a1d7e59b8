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
    ended = subprocess.Popen([sys.executable, "-c", ""])
    named = f"{ended.pid} {psutil.Process(ended.pid).create_time():.2f}"
    ended.wait()
    return named


def test_a_run_of_a_process_that_was_killed_is_ended(instance: dg.DagsterInstance):
    dead = _begun(instance, {PROCESS: _of_a_process_that_ended()})
    assert end_dead_runs(instance) == [dead]
    assert _status(instance, dead) is dg.DagsterRunStatus.FAILURE


def test_a_run_whose_process_number_is_somebody_else_s_now_is_ended(instance: dg.DagsterInstance):
    dead = _begun(instance, {PROCESS: f"{os.getpid()} 12.00"})
    assert end_dead_runs(instance) == [dead]


@pytest.mark.parametrize("tags", [{PROCESS: this_process()}, {}], ids=["alive", "not signed yet"])
def test_a_run_that_may_be_at_work_is_left_alone(instance: dg.DagsterInstance, tags: dict[str, str]):
    run = _begun(instance, tags)
    assert end_dead_runs(instance) == []
    assert _status(instance, run) is dg.DagsterRunStatus.STARTED


def test_a_run_that_has_ended_is_left_as_it_ended(instance: dg.DagsterInstance):
    run = night.execute_in_process(instance=instance, tags={PROCESS: _of_a_process_that_ended()})
    assert end_dead_runs(instance) == []
    assert _status(instance, run.run_id) is dg.DagsterRunStatus.SUCCESS
