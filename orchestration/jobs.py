"""The night's job and when it runs.

Here belongs which assets a job takes, and its schedule. Not here: what the assets do.
"""

from __future__ import annotations

import contextlib

import dagster as dg

from orchestration.alerts.of_a_load import leave_to_be_told, tell_of, telling_why_it_stopped
from orchestration.dead_runs import end_dead_runs
from orchestration.freshness import record_still_in_force
from orchestration.grid_cells import record_changes
from orchestration.instance import POOL
from orchestration.links import Links
from orchestration.lock import LockBusyError, hold
from orchestration.nothing_new import Look, look, record_quiet_night, survey_of
from orchestration.printouts.said import visible
from orchestration.requested import take_in_requests
from orchestration.settings import Settings, load_settings
from sources.clock import system_clock
from sources.custody.clock_check import ClockProblem, check_clock
from sources.custody.ledger import Ledger
from sources.custody.marker import enter
from sources.custody.reception import try_again
from sources.intake.adoption import judging_reference

NIGHTLY_LOAD = "nightly_load"
# Seconds for a look at landing to end: the next night is a day away. Dagster gives this one 60.
_PATIENCE = 30

# All but the grid of returns: its cells are filled in by `judged_returns` during the night, and
# run by themselves when somebody reruns one. One process: dbt and DuckDB share its memory.
nightly_load = dg.define_asset_job(
    NIGHTLY_LOAD,
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("directorate_return"),
    executor_def=dg.in_process_executor,
    description="Take in what landed, judge it, build the warehouse, check it, publish it.",
    tags={"dagster/pool": POOL},
)

# What a sender waits for: the receipt and the desk. The rest of the night's job follows when it may.
receive_returns = dg.define_asset_job(
    "receive_returns",
    selection=dg.AssetSelection.assets("reference_data", "received_files", "judged_returns", "desks"),
    executor_def=dg.in_process_executor,
    description="Take in what landed, judge it, write receipts and desks; build nothing.",
    tags={"dagster/pool": POOL},
)


# 03:30 exists once on every day of the year in London, clock changes included (F-D23).
@dg.schedule(
    job_name=NIGHTLY_LOAD,
    cron_schedule="30 3 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run when something is new; otherwise look after the vault and say so."""
    settings = load_settings()
    try:
        with telling_why_it_stopped(settings, system_clock):
            settings.home.create()
            end_dead_runs(context.instance)
            found, wanted = _tonight(settings, context)
    except (ClockProblem, LockBusyError) as problem:
        return dg.SkipReason(str(problem))
    # The lock is free again. A webhook that is away must not cost the run its night either: Dagster waits a minute.
    if found.reasons:
        leave_to_be_told(settings, system_clock, found.attention)
    else:
        tell_of(settings, system_clock, attention=found.attention)
    return wanted


def _tonight(settings: Settings, context: dg.ScheduleEvaluationContext) -> tuple[Look, dg.RunRequest | dg.SkipReason]:
    lock = hold(settings.home.lock, patience=_PATIENCE)
    with lock, contextlib.closing(Ledger.open(settings.home)) as ledger:
        enter(settings.home)
        try_again(settings.home)
        landing = survey_of(settings, ledger, system_clock)
        check_clock(ledger, system_clock, [*landing.ready, *landing.unsettled], is_accepted=False)
        take_in_requests(settings, ledger, system_clock)
        found = look(settings, ledger, landing)
        if found.reasons:
            return found, dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())
        record_quiet_night(settings, ledger, found, system_clock)
        if found.is_before_the_first:
            return found, _skipped("No return yet: there is nothing to publish.", found)
        record_still_in_force(context.instance, str(found.release_id))
        links = Links(settings.home, settings.public_url)
        record_changes(context.instance, links, ledger, judging_reference(ledger), system_clock())
        return found, _skipped(f"Nothing is new since release {found.release_id}.", found)


def _skipped(why: str, found: Look) -> dg.SkipReason:
    return dg.SkipReason(visible(" ".join([why, *found.attention])))
