"""How long Dagster's records of runs are kept, so that a store that is written to each night stays bounded.

Here belongs forgetting runs with all that they left, and keeping what the grid shows of them. Not here:
ticks (``dagster.yaml`` says how long), releases (``publishing.retention``), and received files, which are
kept for ever.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg

from orchestration.partitions import GRID
from sources.home import Home

KEPT = timedelta(days=90)
# Of each job, however old: what the pages show as the latest of each table is among them.
NEWEST_KEPT = 10
_ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
# A file is written anew once this share of it is free.
_MOST_FREE = 0.25


def forget_old_runs(instance: dg.DagsterInstance, home: Home, now: datetime, kept: timedelta = KEPT) -> int:
    """Delete the runs that ended long ago, with events and logs; return how many.

    A cell of the grid whose return came with one of them is recorded once more, without a run.

    Args:
        instance: Dagster's records of this home.
        home: Where they lie.
        now: The time of asking.
        kept: How long runs are kept.
    """
    found = instance.get_runs(dg.RunsFilter(statuses=_ENDED, created_before=now - kept))
    newest = {
        run.run_id
        for job in {run.job_name for run in found}
        for run in instance.get_runs(dg.RunsFilter(job_name=job), limit=NEWEST_KEPT)
    }
    old = [run.run_id for run in found if run.run_id not in newest]
    if not old:
        return 0
    _keep_cells(instance, old)
    for run_id in old:
        instance.delete_run(run_id)
        shutil.rmtree(home.dagster / "storage" / run_id, ignore_errors=True)
        for left in _event_files(home).glob(f"{run_id}.db*"):
            left.unlink(missing_ok=True)
    for store in (home.dagster / "history" / "runs.db", _event_files(home) / "index.db"):
        _give_back(store)
    return len(old)


def _event_files(home: Home) -> Path:
    return home.dagster / "history" / "runs"


def _keep_cells(instance: dg.DagsterInstance, old: Collection[str]) -> None:
    for materialization in _cells_of(instance, old):
        instance.report_runless_asset_event(materialization)


def _cells_of(instance: dg.DagsterInstance, runs: Collection[str]) -> Iterator[dg.AssetMaterialization]:
    """Yield, of each cell whose latest return came with one of these runs, what is recorded of it."""
    for cell in sorted(instance.get_materialized_partitions(GRID)):
        latest = instance.fetch_materializations(
            dg.AssetRecordsFilter(asset_key=GRID, asset_partitions=[cell]), limit=1
        ).records[0]
        if latest.run_id in runs and latest.asset_materialization is not None:
            yield latest.asset_materialization


def _give_back(store: Path) -> None:
    """Give the room of deleted records back to the disk, unless somebody is reading them: then the next time."""
    with contextlib.suppress(sqlite3.OperationalError), contextlib.closing(sqlite3.connect(store)) as connection:
        (free,), (pages,) = (
            connection.execute(f"pragma {name}").fetchone() for name in ("freelist_count", "page_count")
        )
        if free > _MOST_FREE * pages:
            connection.execute("vacuum")
