"""The grid of returns: filled in by the night, and one cell of it run again by itself."""

from __future__ import annotations

import contextlib
from pathlib import Path

import dagster as dg
import pytest

from orchestration.intake_assets import RETURN_CHECK, cells_filled, fill_grid, intake_assets
from orchestration.partitions import GRID, cell, of_cell
from orchestration.resources import warehouse_of
from orchestration.settings import PROJECT, Settings, load_settings
from sources import home as layout
from sources.clock import system_clock
from sources.custody.ledger import Ledger
from sources.intake.intake import Outcome
from sources.lines.line_files import folder_of
from sources.reference.reference import read_reference
from tests.homes import decide, drop, fresh_home, send

HISTORY = PROJECT / "sources" / "samples" / "history.csv"
PLACE = cell("PL", "2021/22", "P06")
STEPS = ("reference_data", "received_files", "judged_returns")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"SAVINGS_HOME": str(tmp_path / "var")})


@pytest.fixture
def instance(settings: Settings):
    """An instance in which the samples were taken in, by the assets of custody and intake alone."""
    with dg.DagsterInstance.ephemeral() as instance:
        grid, *night = sorted(intake_assets(settings.reference), key=lambda asset: asset.key != GRID)
        assert grid.key == GRID
        taken_in = dg.materialize(
            night, instance=instance, resources={"warehouse": warehouse_of(settings, HISTORY, system_clock)}
        )
        assert taken_in.success
        yield instance


def rerun(settings: Settings, instance: dg.DagsterInstance, key: str) -> dg.ExecuteInProcessResult:
    (grid,) = (asset for asset in intake_assets(settings.reference) if asset.key == GRID)
    return dg.materialize(
        [grid],
        instance=instance,
        partition_key=key,
        resources={"warehouse": warehouse_of(settings)},
        raise_on_error=False,
    )


def test_the_night_fills_in_a_cell_for_each_return_that_came(settings: Settings, instance: dg.DagsterInstance) -> None:
    assert instance.get_materialized_partitions(GRID) == {f"{code}|2021-22 P06" for code in ("AH", "CH", "PL")}


def test_a_return_fills_in_the_cell_of_the_directorate_that_it_is_for(tmp_path: Path) -> None:
    """Ruling F10: sent from the folder of the one that succeeds it (R23)."""
    with contextlib.closing(Ledger.open(fresh_home(tmp_path))) as ledger:
        received = send(ledger, "CO", b"a return")
        submission = decide(ledger, received, "accepted", fields={"directorate_code": "PL"})
    filled, checked = fill_grid(list(cells_filled([Outcome(submission, tmp_path / "receipt.html")])))
    assert isinstance(filled, dg.AssetMaterialization)
    assert (filled.partition, checked.partition) == (PLACE, PLACE)
    assert filled.metadata["folder"].value == "CO"


def test_a_cell_run_again_mends_lines_that_were_lost(settings: Settings, instance: dg.DagsterInstance) -> None:
    with contextlib.closing(Ledger.open(settings.home)) as ledger:
        submission = ledger.in_force("PL", "2021/22", "P06")
    assert submission is not None
    layout.discard(folder_of(settings.home, submission.submission_id))
    result = rerun(settings, instance, PLACE)
    assert result.success
    assert folder_of(settings.home, submission.submission_id).is_dir()
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed) == (RETURN_CHECK, True)


def test_a_cell_that_nobody_sent_says_so(settings: Settings, instance: dg.DagsterInstance) -> None:
    result = rerun(settings, instance, cell("CO", "2021/22", "P06"))
    assert not result.success
    failure = next(event for event in result.all_events if event.is_step_failure)
    assert "No return of CO is in force for P06 2021/22" in str(failure.step_failure_data.user_failure_data)


def test_a_file_s_name_makes_no_cell(settings: Settings) -> None:
    """F-C31: cells follow from the calendar, whatever a file is called."""
    assets = {asset.key.to_user_string(): asset for asset in intake_assets(settings.reference)}
    grid, night = assets[GRID.to_user_string()], [assets[name] for name in STEPS]
    drop(settings.home, "PL", "PL|2099-00 P01'); drop table event; --\".xlsx", b"PK")
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize(night, instance=instance, resources={"warehouse": warehouse_of(settings)})
        assert done.success
        assert instance.get_materialized_partitions(GRID) == set()
        periods = {
            of_cell(key)[1:] for key in grid.partitions_def.get_partition_keys(dynamic_partitions_store=instance)
        }
    with contextlib.closing(Ledger.open(settings.home)) as ledger:
        assert [each.refusal_code for each in ledger.submissions()] == ["format-mismatch"]
    calendar = read_reference(settings.reference).tables["reporting_calendar"]
    assert periods < {(row["financial_year"], row["reporting_period"]) for row in calendar}


def test_a_cell_s_key_says_what_it_is() -> None:
    assert of_cell(PLACE) == ("PL", "2021/22", "P06")
