"""One night in this process: the same Dagster job as the schedule's, and what came of it.

Here belongs running the job and telling success from failure. Not here: what is printed
(``display``, ``orchestration.printouts.summary``) and exit codes (``cli``).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from orchestration.definitions import build_definitions
from orchestration.failed_steps import words_of
from orchestration.instance import prepare
from orchestration.jobs import NIGHTLY_LOAD
from orchestration.resources import warehouse_of
from orchestration.settings import Settings
from sources.clock import Clock

# As the webserver names them, so that a run from the command line is on its job's page.
_TAGS = {
    ".dagster/repository": "__repository__@savings_warehouse",
    "dagster/code_location": "savings_warehouse",
    "dagster/from": "savings load",
}
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

OnEvent = Callable[[dg.DagsterEvent], None]


@dataclass(frozen=True)
class Night:
    """What a run of the job came to.

    Attributes:
        run_id: Dagster's name of the run.
        problems: Why nothing was published; empty when all went well.
        corrected: What differed from the vault and was made again.
    """

    run_id: str
    problems: tuple[str, ...]
    corrected: tuple[str, ...]


def run_night(settings: Settings, history: Path | None, clock: Clock, on_event: OnEvent) -> Night:
    """Run the night's job once, here, and return what came of it.

    Args:
        settings: Where everything lies.
        history: A list of files with declared receipt times, or None.
        clock: What tells the time.
        on_event: Called with each of Dagster's events as it happens.
    """
    run_id = str(uuid.uuid4())
    corrected: list[str] = []
    with dg.DagsterInstance.from_config(str(prepare(settings.home))) as instance:
        instance.add_event_listener(run_id, _told(on_event))
        result = (
            build_definitions(settings)
            .resolve_job_def(NIGHTLY_LOAD)
            .execute_in_process(
                run_id=run_id,
                instance=instance,
                tags=_TAGS,
                run_config=_QUIET,
                resources={"warehouse": warehouse_of(settings, history, clock, corrected)},
                raise_on_error=False,
            )
        )
        return Night(run_id, tuple(_problems(result)), tuple(corrected))


def _told(on_event: OnEvent) -> Callable[[dg.EventLogEntry], None]:
    def listen(entry: dg.EventLogEntry) -> None:
        if entry.dagster_event is not None:
            on_event(entry.dagster_event)

    return listen


def _problems(result: dg.ExecuteInProcessResult) -> list[str]:
    """Return what each failed step says for a person: its own words, without the trace (Dagster keeps that)."""
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    if not failures and not result.success:
        return ["The run ended before its first step; Dagster's page of the run says why."]
    return [words_of(failure) for failure in failures]
