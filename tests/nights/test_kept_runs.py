"""Dagster's records of a home stay bounded, and the grid goes on showing what came in."""

# No `from __future__ import annotations`: Dagster looks at the annotation of `context` as it stands.

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.instance import prepare
from orchestration.kept_runs import NEWEST_KEPT, forget_old_runs
from orchestration.partitions import GRID, PERIOD, cell, grid, period_name
from sources.home import Home
from sources.reference.reference import bundled_reference
from tests.homes import fresh_home

NIGHTS = 100
AT_ONCE = timedelta(0)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return fresh_home(tmp_path / "home")


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(prepare(home))) as instance:
        instance.add_dynamic_partitions(PERIOD, [period_name("2021/22", f"P{number:02}") for number in range(1, 14)])
        yield instance


def night(instance: dg.DagsterInstance, period: str = "P06", directorate: str = "AH") -> str:
    """Run a small night that fills a cell of the grid; return its run."""

    @dg.asset
    def table() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata={"rows": 12, "why": "x" * 1000})

    @dg.asset(deps=[table])
    def judged(context: dg.AssetExecutionContext) -> None:
        key = cell(directorate, "2021/22", period)
        context.log_event(dg.AssetMaterialization(GRID, partition=key, metadata={"submission_id": f"{period}-1"}))

    spec = dg.AssetSpec(GRID, partitions_def=grid(bundled_reference()))
    job = dg.Definitions(assets=[table, judged, spec], jobs=[dg.define_asset_job("night", selection=[table, judged])])
    result = job.resolve_job_def("night").execute_in_process(instance=instance)
    assert result.success
    return result.run_id


def bytes_of(home: Home) -> int:
    return sum(path.stat().st_size for path in home.dagster.rglob("*") if path.is_file())


def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=1)


def test_a_hundred_nights_leave_no_more_than_the_last_ones_do(home: Home, instance: dg.DagsterInstance):
    sizes = []
    for _ in range(NIGHTS):
        night(instance)
        forget_old_runs(instance, home, now(), AT_ONCE)
        sizes.append(bytes_of(home))

    assert len(instance.get_runs()) == NEWEST_KEPT
    assert len(list((home.dagster / "history" / "runs").glob("*.db"))) == NEWEST_KEPT + 1  # and the index
    assert len(list((home.dagster / "storage").iterdir())) <= NEWEST_KEPT
    assert max(sizes[50:]) <= 1.25 * max(sizes[:25])


def test_a_cell_whose_run_is_forgotten_still_shows_its_return(home: Home, instance: dg.DagsterInstance):
    first = night(instance, "P06")
    for _ in range(NEWEST_KEPT):
        night(instance, "P07")
    assert forget_old_runs(instance, home, now(), AT_ONCE) == 1

    assert instance.get_run_by_id(first) is None
    assert instance.get_materialized_partitions(GRID) == {"AH|2021-22 P06", "AH|2021-22 P07"}
    found = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=GRID, asset_partitions=["AH|2021-22 P06"]), limit=1
    ).records[0]
    assert found.asset_materialization is not None
    assert found.asset_materialization.metadata["submission_id"].value == "P06-1"


def test_the_last_runs_of_each_job_are_kept_however_often_another_runs(home: Home, instance: dg.DagsterInstance):
    last_night = night(instance)
    for _ in range(NEWEST_KEPT + 2):
        instance.add_run(dg.DagsterRun(job_name="often", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.SUCCESS))

    assert forget_old_runs(instance, home, now(), AT_ONCE) == 2
    assert instance.get_run_by_id(last_night) is not None


def test_runs_of_the_last_ninety_days_and_those_at_work_are_kept(home: Home, instance: dg.DagsterInstance):
    for _ in range(NEWEST_KEPT + 1):
        night(instance)
    at_work = instance.add_run(dg.DagsterRun(job_name="night", run_id="w", status=dg.DagsterRunStatus.STARTED))
    for _ in range(NEWEST_KEPT):
        night(instance)

    assert forget_old_runs(instance, home, now()) == 0
    assert forget_old_runs(instance, home, now(), AT_ONCE) == NEWEST_KEPT + 1
    assert instance.get_run_by_id(at_work.run_id) is not None
