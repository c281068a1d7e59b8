"""What the daemon looks at between the nights: landing, how runs ended, and whether anybody has to be told.

Here belongs when a run is asked for beside the schedule, and telling how one ended. Not here: the jobs
(``jobs``), and what is told (``orchestration.alerts``).
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from datetime import timedelta

import dagster as dg

from orchestration.alerts.of_a_load import tell_of, telling_why_it_stopped
from orchestration.dead_runs import AFTER_EVENT, end_dead_runs
from orchestration.ends_of_loads import note_failed
from orchestration.failed_steps import words_of
from orchestration.jobs import NIGHTLY_LOAD, nightly_load, receive_returns
from orchestration.lock import LockBusyError, hold
from orchestration.nothing_new import look, survey_of
from orchestration.printouts.said import visible
from orchestration.requested import take_in_requests
from orchestration.settings import Settings, load_settings
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import enter
from sources.custody.problems import CustodyProblem, VaultDamaged

_LOOK_EVERY = 60
_FAILED = frozenset({dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED})
_NOT_ENDED = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

_Wanted = dg.RunRequest | dg.SkipReason


@dg.sensor(
    jobs=[receive_returns, nightly_load],
    minimum_interval_seconds=_LOOK_EVERY,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def landing(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Have what landed or was decided judged within minutes, and published: a build at most so often as is set."""
    settings = load_settings()
    try:
        with telling_why_it_stopped(settings, system_clock):
            settings.home.create()
            end_dead_runs(context.instance)
            if context.instance.get_runs(dg.RunsFilter(statuses=_NOT_ENDED), limit=1):
                return dg.SkipReason("A run is at work, or waits to be.")
            refused, wanted = _look_into(settings, context)
    except (LockBusyError, CustodyProblem, VaultDamaged) as problem:
        return dg.SkipReason(str(problem))
    # The lock is free again: a webhook that is away keeps this waiting longer than the night waits for a look.
    for sentence in tell_of(settings, system_clock) if refused else []:
        context.log.info(visible(sentence))
    return wanted


def _look_into(settings: Settings, context: dg.SensorEvaluationContext) -> tuple[list[str], _Wanted]:
    """Return which decisions' refusal was recorded, and the run that is wanted or why none is."""
    with hold(settings.home.lock), contextlib.closing(Ledger.open(settings.home)) as ledger:
        enter(settings.home)
        taken_in = take_in_requests(settings, ledger, system_clock)
        for sentence in (*taken_in.done, *taken_in.refused, *taken_in.counted):
            context.log.info(visible(sentence))
        return taken_in.refused, _wanted(settings, ledger, context.instance, is_decided=bool(taken_in.done))


def _wanted(settings: Settings, ledger: Ledger, instance: dg.DagsterInstance, *, is_decided: bool) -> _Wanted:
    waiting = survey_of(settings, ledger, system_clock)
    every = settings.build_every
    if (waiting.ready or is_decided) and not _is_recent(instance, every, receive_returns.name, _FAILED):
        return dg.RunRequest(job_name=receive_returns.name)
    is_built = _is_recent(instance, every, NIGHTLY_LOAD)
    if not is_built and (reasons := look(settings, ledger, waiting).reasons):
        return dg.RunRequest(job_name=NIGHTLY_LOAD, tags={"savings/reasons": "; ".join(reasons)[:200]})
    return dg.SkipReason("Nothing has landed, and nothing waits to be published.")


def _is_recent(
    instance: dg.DagsterInstance,
    every: timedelta | None,
    job: str,
    statuses: Collection[dg.DagsterRunStatus] = frozenset(dg.DagsterRunStatus),
) -> bool:
    """Return whether the last run of a job has one of these states and began so lately that there is time for the next.

    A build is asked for so often at most; so is what failed, which a minute later would fail again.
    """
    last = next(iter(instance.get_run_records(dg.RunsFilter(job_name=job), limit=1)), None)
    if last is None or every is None or last.dagster_run.status not in statuses:
        return False
    return system_clock() - last.create_timestamp < every


@dg.run_failure_sensor(
    monitored_jobs=[nightly_load, receive_returns],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells who has to know that a run failed.",
)
def run_failed(context: dg.RunFailureSensorContext) -> None:
    """Note and tell that a run failed, in the words of its failed steps."""
    failures = [event.step_failure_data for event in context.get_step_failure_events()]
    words = [words_of(failure) for failure in failures] or [str(context.failure_event.message)]
    settings, after = load_settings(), context.dagster_run.tags.get(AFTER_EVENT)
    if after:
        note_failed(settings.home, system_clock(), words, int(after))
    _log(context, tell_of(settings, system_clock, words))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly_load, receive_returns],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells what a run that went well found.",
)
def run_succeeded(context: dg.RunStatusSensorContext) -> None:
    """Tell what there is to tell after a run that went well."""
    _log(context, tell_of(load_settings(), system_clock))


def _log(context: dg.RunStatusSensorContext, untold: list[str]) -> None:
    for sentence in untold:
        context.log.warning(visible(sentence))
